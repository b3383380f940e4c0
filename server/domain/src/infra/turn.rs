//! Working through a list one by one.

/// Where somebody stands in a list that is worked through one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn<I> {
    /// The place in the list, from 0; none where the list does not show it.
    pub place: Option<usize>,
    /// The one before it.
    pub previous: Option<I>,
    /// The one after it; where the list does not show it, the first.
    pub next: Option<I>,
    /// The next that is still to be done, from the beginning again where none is left below.
    pub next_open: Option<I>,
    /// How many are still to be done, this one among them.
    pub left: usize,
}

impl<I: Copy + PartialEq> Turn<I> {
    /// Where `present` stands in a list of what is there and whether it is still to be done.
    pub fn of(list: &[(I, bool)], present: I) -> Self {
        let place = list.iter().position(|(id, _)| *id == present);
        let at = |place: usize| list.get(place).map(|(id, _)| *id);
        let after = place.map_or(0, |place| place + 1);
        let (above, below) = list.split_at(after.min(list.len()));
        let mut open = below.iter().chain(above).filter(|(_, is_open)| *is_open);
        Self {
            place,
            previous: place.and_then(|place| place.checked_sub(1)).and_then(at),
            next: at(after),
            next_open: open.find(|(id, _)| *id != present).map(|(id, _)| *id),
            left: list.iter().filter(|(_, is_open)| *is_open).count(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_is_the_next_that_is_open_and_from_the_end_the_first() {
        let list = [(1, true), (2, false), (3, true), (4, false)];
        let turn = Turn::of(&list, 1);
        assert_eq!(
            turn,
            Turn {
                place: Some(0),
                previous: None,
                next: Some(2),
                next_open: Some(3),
                left: 2,
            }
        );
        let turn = Turn::of(&list, 3);
        assert_eq!(
            (turn.previous, turn.next, turn.next_open),
            (Some(2), Some(4), Some(1))
        );
        let turn = Turn::of(&list, 4);
        assert_eq!(
            (turn.previous, turn.next, turn.next_open),
            (Some(3), None, Some(1))
        );
    }

    #[test]
    fn one_alone_has_no_next_and_what_is_not_listed_leads_to_the_first() {
        let turn = Turn::of(&[(1, true)], 1);
        assert_eq!((turn.next_open, turn.left), (None, 1));
        let turn = Turn::of(&[(1, true), (2, true)], 9);
        assert_eq!(
            (turn.place, turn.previous, turn.next, turn.next_open),
            (None, None, Some(1), Some(1))
        );
        let turn = Turn::of(&[], 9);
        assert_eq!((turn.next, turn.next_open, turn.left), (None, None, 0));
    }
}
