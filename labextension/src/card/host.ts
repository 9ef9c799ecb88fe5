/**
 * What a card does in the front end around it.
 */

import { ICard } from '../api/documents';

/** The front end around a card. */
export interface ICardHost {
  /** Puts the three cells below the cell that holds `anchor`, or below the active one. */
  insert(card: ICard, anchor: HTMLElement | null): void;
}
