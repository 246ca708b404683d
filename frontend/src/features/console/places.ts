// A place that may be meant, and a point, in words: why it is offered, and what tells it from its namesakes.

import { said, t } from '../../i18n';
import type { PlaceMatch, PlacesFound, WherePhrase } from '../../wire/reading';

/** What stands under a place's name, most telling first; a resemblance says that it is only one. */
export function partsOf(one: PlaceMatch): string[] {
  const how = said('console', `match_${one.match}`, { beside: one.beside, slips: one.slips });
  const { context } = one;
  const parts = [
    said('console', `kind_${one.kind}`),
    one.town,
    context && context.name !== one.town
      ? t('console.from_place', { name: context.name, way: context.distance_m })
      : null,
    one.distance_m === null ? null : t('console.from_hint', { way: one.distance_m }),
    one.is_doubtful ? t('console.is_doubtful') + how : how,
    one.matched === one.name ? null : t('console.also_called', { name: one.matched }),
    one.others > 0 ? t('console.others_here', { others: one.others }) : null,
    one.is_schematic ? t('console.drawn_by_hand') : null,
    t(one.source === 'map' ? 'console.of_map' : 'console.of_county'),
  ];
  return parts.filter((part) => part !== null && part !== '') as string[];
}

/** Why the place of a kilometre is not known; nothing where it is, or none was said. */
export function unknownKilometre(found: PlacesFound | null): string {
  const one = found?.kilometre;
  if (!one || one.places.length > 0) return '';
  return said('console', `km_${one.code}`, { road: one.road, km: one.km });
}

/** One statement about a point: "600 m north of ...". */
export function whereWords({ code, name, direction, distance_m }: WherePhrase): string {
  return said('console', `where_${code}`, {
    name,
    direction: direction ? said('console', `dir_${direction}`) : '',
    way: distance_m,
  });
}
