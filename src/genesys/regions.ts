/** The vendor's regions and the hosts that follow from one setting. Regions keep appearing: any domain is taken too. */
import { ReportError } from "../domain/errors.ts";
import { suggestion } from "../support/did-you-mean.ts";

/** Region names of the vendor's command line and Terraform provider, with their domains (docs/sources.md). */
const DOMAINS: Readonly<Record<string, string>> = {
  us_east_1: "mypurecloud.com",
  us_east_2: "use2.us-gov-pure.cloud",
  us_west_2: "usw2.pure.cloud",
  ca_central_1: "cac1.pure.cloud",
  mx_central_1: "mxc1.pure.cloud",
  sa_east_1: "sae1.pure.cloud",
  eu_west_1: "mypurecloud.ie",
  eu_west_2: "euw2.pure.cloud",
  eu_central_1: "mypurecloud.de",
  eu_central_2: "euc2.pure.cloud",
  eusc_de_east_1: "edee1.eusc-pure.cloud",
  me_central_1: "mec1.pure.cloud",
  ap_south_1: "aps1.pure.cloud",
  ap_northeast_1: "mypurecloud.jp",
  ap_northeast_2: "apne2.pure.cloud",
  ap_northeast_3: "apne3.pure.cloud",
  ap_southeast_1: "apse1.pure.cloud",
  ap_southeast_2: "mypurecloud.com.au",
};

/** Base URLs of the sign-in host and of the API host. */
export interface Hosts {
  readonly loginUrl: string;
  readonly apiUrl: string;
}

/** The hosts of a region name or domain; `config.invalid` for a word that is neither. */
export function hostsOf(region: string): Hosts {
  const name = region.toLowerCase().replaceAll("-", "_");
  const known = Object.hasOwn(DOMAINS, name) ? DOMAINS[name] : undefined;
  const domain = known ?? (/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(region) ? region : undefined);
  if (domain === undefined) {
    throw new ReportError("config.invalid", `Unknown region "${region}".${suggestion(region, Object.keys(DOMAINS))}`, {
      hint: `Set genesys.region (GENESYSCLOUD_REGION) to one of ${Object.keys(DOMAINS).join(", ")}, or to your organisation's domain.`,
    });
  }
  return { loginUrl: `https://login.${domain}`, apiUrl: `https://api.${domain}` };
}
