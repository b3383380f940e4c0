//! All cores where there are some, the same results in the same order where there is one.

/// Items that one core takes at a time where each is little work.
const CHUNK: usize = 16;

/// Items that one core takes at a time where each is milliseconds of work.
#[cfg(feature = "parallel")]
const FEW: usize = 2;

/// How many work at a time.
pub(crate) fn cores() -> usize {
    #[cfg(feature = "parallel")]
    let cores = rayon::current_num_threads();
    #[cfg(not(feature = "parallel"))]
    let cores = 1;
    cores
}

#[cfg(all(feature = "parallel", feature = "simulate"))]
pub(crate) fn map<T: Sync, R: Send>(items: &[T], f: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    use rayon::prelude::*;
    items.par_iter().with_min_len(1).map(f).collect()
}

#[cfg(all(not(feature = "parallel"), feature = "simulate"))]
pub(crate) fn map<T, R>(items: &[T], f: impl Fn(&T) -> R) -> Vec<R> {
    items.iter().map(f).collect()
}

#[cfg(feature = "parallel")]
pub(crate) fn map_chunks<T: Sync, R: Send>(
    items: &[T],
    f: impl Fn(&[T]) -> R + Sync + Send,
) -> Vec<R> {
    use rayon::prelude::*;
    items.par_chunks(CHUNK).map(f).collect()
}

#[cfg(not(feature = "parallel"))]
pub(crate) fn map_chunks<T, R>(items: &[T], f: impl Fn(&[T]) -> R) -> Vec<R> {
    items.chunks(CHUNK).map(f).collect()
}

/// Adds items up. Sums of neighbours are merged as soon as both are there, so that there are never many of them. No items, no sum.
#[cfg(feature = "parallel")]
pub(crate) fn sum<T: Sync, R: Send>(
    items: &[T],
    empty: impl Fn() -> R + Sync + Send,
    add: impl Fn(R, &T) -> R + Sync + Send,
    merge: impl Fn(R, R) -> R + Sync + Send,
) -> Option<R> {
    use rayon::prelude::*;
    // Of no items there would be a sum as well, an empty one.
    let items = Some(items).filter(|items| !items.is_empty())?;
    let parts = items.par_iter().with_max_len(FEW).fold(empty, add);
    parts.reduce_with(merge)
}

#[cfg(not(feature = "parallel"))]
pub(crate) fn sum<T, R>(
    items: &[T],
    empty: impl Fn() -> R,
    add: impl Fn(R, &T) -> R,
    _merge: impl Fn(R, R) -> R,
) -> Option<R> {
    (!items.is_empty()).then(|| items.iter().fold(empty(), add))
}
