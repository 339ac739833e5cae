// The three nearest sellers of a drug, and what a basket costs: typed against what docs/openapi.json says.
// With X-Envelope: 1 the status is always 200, so that a client that is given no body of an error can read why.
import type { paths, Offers, Problem, Quote } from "./api.d.ts";

type Envelope<Data> =
  | { code: "ok"; message: ""; data: Data; request_id: string }
  | { code: string; message: string; data: Problem; request_id: string };

type Search = paths["/api/v1/drugs"]["get"];
type OffersQuestion = NonNullable<paths["/api/v1/drugs/{code}/offers"]["get"]["parameters"]["query"]>;
type Found = Search["responses"][200]["content"]["application/json"];
type Basket = paths["/api/v1/baskets/quote"]["post"]["requestBody"]["content"]["application/json"];

export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

async function ask<Data>(address: string, init: RequestInit = {}): Promise<Data> {
  const headers = { "X-Envelope": "1", "Accept-Language": "zh-CN", ...init.headers };
  const answer = (await (await fetch(address, { ...init, headers })).json()) as Envelope<Data>;
  if (answer.code !== "ok") throw new Refused(answer.data as Problem);
  return answer.data as Data;
}

function query(asked: Record<string, string | number | boolean | undefined>): string {
  const given = Object.entries(asked).filter(([, value]) => value !== undefined);
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
}

export async function nearest(server: string, words: string, lat: number, lng: number): Promise<string[]> {
  const searched: Search["parameters"]["query"] = { q: words, limit: 1, group: "none" };
  const { items } = await ask<Found>(`${server}/api/v1/drugs?${query(searched)}`);
  const [drug] = items;
  if (!drug) return [];
  const asked: OffersQuestion = { lat, lng, radius_km: 10, sort: "distance", limit: 3 };
  const offers = await ask<Offers>(`${server}/api/v1/drugs/${drug.code}/offers?${query(asked)}`);
  return offers.items.map(({ pharmacy, price, distance_m }) => {
    const way = distance_m === null ? "" : ` ${Math.round(distance_m)} m`;
    return `${pharmacy.name} ${price}${way}`;
  });
}

export async function basket(server: string, wanted: Basket): Promise<Quote> {
  const init = { method: "POST", body: JSON.stringify(wanted), headers: { "Content-Type": "application/json" } };
  return ask<Quote>(`${server}/api/v1/baskets/quote`, init);
}
