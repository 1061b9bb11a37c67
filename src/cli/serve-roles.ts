/** The parts into which `callsheet serve` can be split over machines. */
export const ROLES = ["scheduler", "worker"] as const;
