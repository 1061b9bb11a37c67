/** GET, HEAD and DELETE /api/v2/tokens/me: what the token is, whether it holds, and its end. */
import type { Centre } from "../conversations/centre.ts";
import { stableId } from "../conversations/stable-id.ts";
import { jsonAnswer } from "./answer.ts";
import type { ClientRegistry, SimulatedClient } from "./clients.ts";
import type { Route } from "./route.ts";

/** The calls about the token itself. */
export function ownTokenRoutes(centre: Centre, clients: ClientRegistry): Route[] {
  const path = "/api/v2/tokens/me";
  const organization = { id: centre.organization.id, name: centre.organization.name };
  return [
    {
      method: "GET",
      path,
      answer: ({ token }) =>
        jsonAnswer({
          organization,
          homeOrganization: organization,
          authorizedScope: [],
          OAuthClient: describe(token.client, centre, organization),
        }),
    },
    { method: "HEAD", path, answer: () => ({ status: 200 }) },
    {
      method: "DELETE",
      path,
      answer({ token }) {
        clients.revoke(token.text);
        return { status: 200 };
      },
    },
  ];
}

function describe(client: SimulatedClient, centre: Centre, organization: { id: string; name: string }): object {
  const divisionIds = client.divisionIds ?? centre.divisions.map(({ id }) => id);
  const roleId = stableId("role", client.id);
  return {
    id: client.id,
    name: client.name ?? "Simulated client",
    authorizedGrantType: "CLIENT-CREDENTIALS",
    scope: [],
    roleDivisions: divisionIds.map((divisionId) => ({ roleId, divisionId })),
    state: "active",
    organization,
  };
}
