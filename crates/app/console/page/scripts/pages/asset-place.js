/** Where an asset is: at a site of the organization, and in a unit of that site. */

import { element, replace } from "../dom.js";
import { everything } from "../list.js";
import { Problem } from "../problem.js";

const NOWHERE = ["", "None"];

/** The sites of an organization and the units of each, as they can be chosen. */
export class Whereabouts {
  #api;
  #base;
  #asset;
  #sites = [NOWHERE];
  #units = [NOWHERE];

  /** @param {any} api @param {string} organization @param {any} asset What is there, or nothing for a new one. */
  constructor(api, organization, asset) {
    this.#api = api;
    this.#base = `/api/orgs/${organization}`;
    this.#asset = asset;
  }

  /** With what the form offers at first: all sites, and the units of the asset's. */
  static async of(api, organization, asset = null) {
    const places = new Whereabouts(api, organization, asset);
    [places.#sites, places.#units] = await Promise.all([places.#offered("sites", {}, asset?.siteId), places.#unitsOf(asset?.siteId)]);
    return places;
  }

  fields() {
    return [
      { name: "siteId", label: "Site", kind: "select", options: this.#sites, value: this.#asset?.siteId },
      { name: "unitId", label: "Unit", kind: "select", options: this.#units, value: this.#asset?.unitId },
    ];
  }

  /** From now on the form offers the units of the site that is chosen there, and of no other. */
  follow(made) {
    const [site, unit] = [made.control("siteId"), made.control("unitId")];
    const offer = (units) => {
      replace(unit, units.map(([value, text]) => element("option", { value }, text)));
      unit.disabled = units.length === 1;
    };
    unit.disabled = this.#units.length === 1;
    let turn = 0;
    site.addEventListener("change", async () => {
      turn += 1;
      const mine = turn;
      offer([NOWHERE]);
      try {
        const units = await this.#unitsOf(site.value);
        if (mine === turn) offer(units);
      } catch (error) {
        if (mine === turn) made.show(Problem.of(error));
      }
    });
  }

  /** `North quay, Hall 1`. @returns {Promise<string>} nothing for an asset without a place */
  async name({ siteId, unitId }) {
    if (!siteId) return "";
    const called = (offered, id) => offered.find(([value]) => value === id)?.[1];
    const site = called(this.#sites, siteId) ?? (await this.#read("sites", siteId))[1];
    return unitId ? `${site}, ${(await this.#read("units", unitId))[1]}` : site;
  }

  #unitsOf(site) {
    return site ? this.#offered("units", { siteId: site }, site === this.#asset?.siteId ? this.#asset?.unitId : null) : [NOWHERE];
  }

  /** Of more places than are listed the asset's own is still offered: otherwise saving would take it away. */
  async #offered(kind, query, own) {
    const all = (await everything(this.#api, `${this.#base}/${kind}`, query)).map(({ id, name }) => [id, name]);
    if (own && !all.some(([id]) => id === own)) all.push(await this.#read(kind, own));
    return [NOWHERE, ...all];
  }

  async #read(kind, id) {
    const { body } = await this.#api.get(`${this.#base}/${kind}/${id}`);
    return [body.id, body.name];
  }
}
