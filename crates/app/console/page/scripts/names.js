/** What people in the organization are called. */

/** @typedef {{id: string, name: string, email: string | null}} Named */

export class Names {
  #api;
  #organization;
  /** @type {Map<string, Promise<Named>>} */
  #known = new Map();

  /** @param {any} api @param {string} organization */
  constructor(api, organization) {
    this.#api = api;
    this.#organization = organization;
  }

  /**
   * Somebody's name; the beginning of their id, if they are not among the members any more.
   * @param {string} user
   */
  of(user) {
    if (!this.#known.has(user)) this.#known.set(user, this.#ask(user));
    return /** @type {Promise<Named>} */ (this.#known.get(user));
  }

  /**
   * A page of the members.
   * @param {string | null} cursor
   * @returns {Promise<{people: (Named & {role: string})[], cursor: string | null}>}
   */
  async page(cursor) {
    const query = { limit: 100, ...(cursor !== null && { cursor }) };
    const { body } = await this.#api.get(`/api/orgs/${this.#organization}/members`, { query });
    const people = body.items.map((member) => ({ ...named(member), role: member.role }));
    for (const person of people) this.#known.set(person.id, Promise.resolve(person));
    return { people, cursor: body.nextCursor ?? null };
  }

  async #ask(user) {
    try {
      const { body } = await this.#api.get(`/api/orgs/${this.#organization}/members/${user}`);
      return named(body);
    } catch (problem) {
      // Whatever else was wrong may be right the next time.
      if (problem.status !== 404) this.#known.delete(user);
      return { id: user, name: `${user.slice(0, 8)}…`, email: null };
    }
  }
}

const named = ({ userId, displayName, email }) => ({ id: userId, name: displayName || email, email });
