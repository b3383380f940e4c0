//! All cores where there are some, the same results in the same order where there is one.

/// Items that one core takes at a time: a few milliseconds of work.
const CHUNK: usize = 16;

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
