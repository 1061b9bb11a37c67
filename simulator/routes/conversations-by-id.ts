/**
 * Conversations by id, one or several. A conversation in a division that the client may not see does not exist for it;
 * the multi-get leaves such ones out without a word.
 */
import type { Centre, Conversation } from "../conversations/centre.ts";
import { isVisible } from "../conversations/select-conversations.ts";
import type { Switches } from "../switches.ts";
import { checkUuid, jsonAnswer, notFound, refuse } from "./answer.ts";
import { withoutAttributes } from "./conversation-view.ts";
import type { Route, RouteRequest } from "./route.ts";

/** The calls for one conversation and for several. */
export function conversationsByIdRoutes(centre: Centre, switches: Switches): Route[] {
  const find = createFinder(centre);

  function visible(id: string, request: RouteRequest): Conversation | undefined {
    const conversation = find(checkUuid("conversationId", id));
    return conversation && isVisible(conversation, request.divisionIds) ? withoutAttributes(conversation) : undefined;
  }

  return [
    {
      method: "GET",
      path: "/api/v2/analytics/conversations/{conversationId}/details",
      answer(request) {
        const conversation = visible(request.params.conversationId ?? "", request);
        return conversation === undefined ? notFound() : jsonAnswer(conversation);
      },
    },
    {
      method: "GET",
      path: "/api/v2/analytics/conversations/details",
      answer(request) {
        const ids = [...new Set(request.query.getAll("id"))];
        if (ids.length > switches.multiGetMaximum) {
          const message = `Only ${switches.multiGetMaximum} conversations can be requested at a time.`;
          throw refuse(400, "bad.request", message);
        }
        const found = ids.map((id) => visible(id, request)).filter((it) => it !== undefined);
        return jsonAnswer({ conversations: found });
      },
    },
  ];
}

/** Looks up by id through an index that is made at the first question: making it reads every conversation once. */
function createFinder({ conversations }: Centre): (id: string) => Conversation | undefined {
  let positions: Map<string, number> | undefined;
  return (id) => {
    positions ??= indexOf(conversations);
    const position = positions.get(id);
    return position === undefined ? undefined : conversations.get(position);
  };
}

function indexOf(store: Centre["conversations"]): Map<string, number> {
  const positions = new Map<string, number>();
  for (let index = 0; index < store.size; index += 1) {
    positions.set(store.idAt?.(index) ?? store.get(index).conversationId, index);
  }
  return positions;
}
