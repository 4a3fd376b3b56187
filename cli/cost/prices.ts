import data from './prices.json' with { type: 'json' };

interface Price {
  readonly what: string;
  readonly dollars: number;
  /** The quantity that costs `dollars`. */
  readonly per: number;
  readonly source: string;
}

export type PriceName = keyof typeof data.prices;

/** Quantities by the names of their prices. */
export type Usage = Readonly<Partial<Record<PriceName, number>>>;

export const { region, read, rivals } = data;
export const prices: Readonly<Record<PriceName, Price>> = data.prices;

/** One line of a bill. */
export interface Line {
  readonly what: string;
  readonly quantity: number;
  readonly dollars: number;
}

/** A bill at listed prices, without free tiers and discounts. The highest amount is first. */
export function bill(usage: Usage): Line[] {
  return (Object.keys(prices) as PriceName[])
    .flatMap((name) => {
      const { what, dollars, per } = prices[name];
      const quantity = usage[name] ?? 0;
      return quantity > 0 ? [{ what, quantity, dollars: (quantity / per) * dollars }] : [];
    })
    .sort((a, b) => b.dollars - a.dollars);
}

export function total(usage: Usage): number {
  return bill(usage).reduce((sum, { dollars }) => sum + dollars, 0);
}

/** Multiplies all quantities by a factor. */
export function times(usage: Usage, factor: number): Usage {
  return Object.fromEntries(Object.entries(usage).map(([name, quantity]) => [name, quantity * factor]));
}

/** Adds usages. */
export function plus(...usages: readonly Usage[]): Usage {
  const names = new Set(usages.flatMap((usage) => Object.keys(usage) as PriceName[]));
  return Object.fromEntries(
    [...names].map((name) => [name, usages.reduce((sum, usage) => sum + (usage[name] ?? 0), 0)]),
  );
}

/** The listed price of another product for a number of messages per month, or `undefined` if its list has no price. */
export function rivalDollars({ monthly, included, perMillion }: (typeof rivals)[number], messages: number) {
  const further = included === null ? 0 : Math.max(0, messages - included);
  if (further > 0 && perMillion === null) return undefined;
  return monthly + (further / 1e6) * (perMillion ?? 0);
}
