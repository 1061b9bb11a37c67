/**
 * Two contact centres as one: the entities of both, and their conversations in one order of start. The first centre
 * gives the organisation; an entity that both have is listed once.
 */
import type { Centre, ConversationStore, Entity } from "./centre.ts";

/** Merges two centres; neither is changed. */
export function mergeCentres(first: Centre, second: Centre): Centre {
  return {
    organization: first.organization,
    divisions: union(first.divisions, second.divisions),
    queues: union(first.queues, second.queues),
    users: union(first.users, second.users),
    wrapUpCodes: union(first.wrapUpCodes, second.wrapUpCodes),
    skills: union(first.skills, second.skills),
    languages: union(first.languages, second.languages),
    flows: union(first.flows, second.flows),
    conversations: mergeStores(first.conversations, second.conversations),
  };
}

function union(first: readonly Entity[], second: readonly Entity[]): readonly Entity[] {
  return [...new Map([...second, ...first].map((entity) => [entity.id, entity])).values()];
}

/** Conversations stay where they are; what is merged is a list of places, negative ones in the second store. */
function mergeStores(first: ConversationStore, second: ConversationStore): ConversationStore {
  const size = first.size + second.size;
  const places = new Int32Array(size);
  let [left, right] = [0, 0];
  for (let index = 0; index < size; index += 1) {
    const takeLeft = right === second.size || (left < first.size && first.startAt(left) <= second.startAt(right));
    places[index] = takeLeft ? left++ : ~right++;
  }

  function at<T>(index: number, read: (store: ConversationStore, place: number) => T): T {
    const place = places[index];
    if (place === undefined) throw new RangeError(`No conversation ${index}: the store holds ${size}`);
    return place >= 0 ? read(first, place) : read(second, ~place);
  }
  return {
    size,
    startAt: (index) => at(index, (store, place) => store.startAt(place)),
    endAt: (index) => at(index, (store, place) => store.endAt(place)),
    idAt: (index) => at(index, (store, place) => store.idAt?.(place) ?? store.get(place).conversationId),
    get: (index) => at(index, (store, place) => store.get(place)),
  };
}
