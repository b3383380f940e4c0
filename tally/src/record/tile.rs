//! Tiles and entry bundles (c2sp.org/tlog-tiles): paths, contents, and a tree read from tiles.

use std::fmt;

use super::tree::{Hash, NodeId, NodeStore, node_hash};
use crate::strict;

/// Hashes of a full tile.
pub const FULL_WIDTH: u16 = 256;

/// A tile: `width` hashes of nodes at height `8 · level`, from `index · 256` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    level: u8,
    index: u64,
    width: u16,
}

/// An entry bundle: the `width` entries from `index · 256` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bundle {
    index: u64,
    width: u16,
}

/// Why a path or a tile's content is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TileError {
    /// The path is not one of the specification.
    #[error("not the path of a tile or an entry bundle")]
    Path,
    /// The content has another length than the width asks for.
    #[error("the content's length does not fit the width")]
    Length,
    /// An entry is longer than 65,535 bytes.
    #[error("entry {0} of the bundle is longer than 65535 bytes")]
    EntryTooLong(usize),
}

/// So many tiles hold 2⁶³ leaves: what is in them can be numbered by 64 bits.
const MOST_TILES: u64 = 1 << 55;

impl Tile {
    /// Level 0 to 7, index below 2⁵⁵ (our trees have less than 2⁶³ leaves), width 1 to 256.
    pub fn new(level: u8, index: u64, width: u16) -> Option<Self> {
        let fits = level < 8 && (1..=FULL_WIDTH).contains(&width) && index < MOST_TILES;
        fits.then_some(Self {
            level,
            index,
            width,
        })
    }

    /// The level.
    pub fn level(self) -> u8 {
        self.level
    }

    /// Position within the level.
    pub fn index(self) -> u64 {
        self.index
    }

    /// Number of hashes.
    pub fn width(self) -> u16 {
        self.width
    }

    /// The path below the record's prefix: `tile/{L}/{N}[.p/{W}]`.
    pub fn path(self) -> String {
        format!("tile/{}/{}", self.level, Position(self.index, self.width))
    }

    /// Reads `{L}/{N}[.p/{W}]`, as it stands after `tile/`.
    pub fn from_path(path: &str) -> Result<Self, TileError> {
        let (level, position) = path.split_once('/').ok_or(TileError::Path)?;
        let level = strict::decimal(level)
            .and_then(|level| u8::try_from(level).ok())
            .ok_or(TileError::Path)?;
        let (index, width) = position_from(position)?;
        Self::new(level, index, width).ok_or(TileError::Path)
    }

    /// Whether a tree of `size` leaves has these hashes.
    pub fn is_in(self, size: u64) -> bool {
        let nodes = size >> (8 * u32::from(self.level));
        self.index
            .saturating_mul(u64::from(FULL_WIDTH))
            .saturating_add(u64::from(self.width))
            <= nodes
    }

    /// The nodes whose hashes are the content, in order.
    pub fn nodes(self) -> impl Iterator<Item = NodeId> {
        let first = self.index * u64::from(FULL_WIDTH);
        (first..first + u64::from(self.width)).map(move |index| NodeId {
            level: self.level * 8,
            index,
        })
    }

    /// The content: 32 bytes for each node; `None` if the store misses one.
    pub fn content(self, store: &impl NodeStore) -> Option<Vec<u8>> {
        let mut bytes = Vec::with_capacity(usize::from(self.width) * 32);
        for id in self.nodes() {
            bytes.extend_from_slice(store.node(id)?.as_bytes());
        }
        Some(bytes)
    }

    /// Reads a content's hashes.
    pub fn hashes(self, content: &[u8]) -> Result<Vec<Hash>, TileError> {
        if content.len() != usize::from(self.width) * 32 {
            return Err(TileError::Length);
        }
        content
            .chunks_exact(32)
            .map(|bytes| Hash::from_slice(bytes).ok_or(TileError::Length))
            .collect()
    }

    /// The tile that holds what is needed to compute a node, in a tree of `size` leaves.
    pub fn holding(id: NodeId, size: u64) -> Option<Self> {
        let level = id.level / 8;
        let below = u32::from(id.level % 8);
        let first = id.index.checked_shl(below)?;
        let index = first / u64::from(FULL_WIDTH);
        let nodes = size.checked_shr(8 * u32::from(level))?;
        let width = nodes
            .checked_sub(index * u64::from(FULL_WIDTH))?
            .min(u64::from(FULL_WIDTH));
        Self::new(level, index, u16::try_from(width).ok()?)
    }
}

impl Bundle {
    /// Index below 2⁵⁵, width 1 to 256.
    pub fn new(index: u64, width: u16) -> Option<Self> {
        let fits = (1..=FULL_WIDTH).contains(&width) && index < MOST_TILES;
        fits.then_some(Self { index, width })
    }

    /// Index of the first entry.
    pub fn first_entry(self) -> u64 {
        self.index * u64::from(FULL_WIDTH)
    }

    /// Number of entries.
    pub fn width(self) -> u16 {
        self.width
    }

    /// The path below the record's prefix: `tile/entries/{N}[.p/{W}]`.
    pub fn path(self) -> String {
        format!("tile/entries/{}", Position(self.index, self.width))
    }

    /// Reads `{N}[.p/{W}]`, as it stands after `tile/entries/`.
    pub fn from_path(path: &str) -> Result<Self, TileError> {
        let (index, width) = position_from(path)?;
        Self::new(index, width).ok_or(TileError::Path)
    }

    /// Whether a tree of `size` leaves has these entries.
    pub fn is_in(self, size: u64) -> bool {
        self.first_entry() + u64::from(self.width) <= size
    }

    /// The content: each entry after its length in two bytes, big-endian.
    pub fn content<E: AsRef<[u8]>>(entries: &[E]) -> Result<Vec<u8>, TileError> {
        let mut bytes = Vec::new();
        for (position, entry) in entries.iter().enumerate() {
            let entry = entry.as_ref();
            let length =
                u16::try_from(entry.len()).map_err(|_| TileError::EntryTooLong(position))?;
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(entry);
        }
        Ok(bytes)
    }

    /// Reads a content's entries: exactly as many as the width.
    pub fn entries(self, content: &[u8]) -> Result<Vec<&[u8]>, TileError> {
        let mut entries = Vec::with_capacity(usize::from(self.width));
        let mut rest = content;
        while let Some((length, after)) = rest.split_first_chunk::<2>() {
            let (entry, after) = after
                .split_at_checked(usize::from(u16::from_be_bytes(*length)))
                .ok_or(TileError::Length)?;
            entries.push(entry);
            rest = after;
        }
        let whole = rest.is_empty() && entries.len() == usize::from(self.width);
        if whole {
            Ok(entries)
        } else {
            Err(TileError::Length)
        }
    }
}

/// All tiles of a tree of `size` leaves, full and partial.
pub fn tiles(size: u64) -> Vec<Tile> {
    let mut all = Vec::new();
    for level in 0..8 {
        let nodes = size >> (8 * u32::from(level));
        all.extend(positions(nodes).filter_map(|(index, width)| Tile::new(level, index, width)));
    }
    all
}

/// All entry bundles of a tree of `size` leaves.
pub fn bundles(size: u64) -> Vec<Bundle> {
    positions(size)
        .filter_map(|(index, width)| Bundle::new(index, width))
        .collect()
}

fn positions(nodes: u64) -> impl Iterator<Item = (u64, u16)> {
    let full = nodes / u64::from(FULL_WIDTH);
    let rest = u16::try_from(nodes % u64::from(FULL_WIDTH)).unwrap_or(0);
    (0..full)
        .map(|index| (index, FULL_WIDTH))
        .chain((rest > 0).then_some((full, rest)))
}

/// A tree read from tiles, as a client does: `content` gives a tile's hashes.
#[derive(Clone, Copy, Debug)]
pub struct TiledTree<F> {
    size: u64,
    content: F,
}

impl<F: Fn(Tile) -> Option<Vec<Hash>>> TiledTree<F> {
    /// A tree of `size` leaves.
    pub fn new(size: u64, content: F) -> Self {
        Self { size, content }
    }
}

impl<F: Fn(Tile) -> Option<Vec<Hash>>> NodeStore for TiledTree<F> {
    fn node(&self, id: NodeId) -> Option<Hash> {
        let tile = Tile::holding(id, self.size)?;
        let below = u32::from(id.level % 8);
        let first =
            usize::try_from((id.index << below) - tile.index * u64::from(FULL_WIDTH)).ok()?;
        let mut hashes = (self.content)(tile)?
            .get(first..first + (1 << below))?
            .to_vec();
        while hashes.len() > 1 {
            hashes = hashes
                .as_chunks::<2>()
                .0
                .iter()
                .map(|[left, right]| node_hash(left, right))
                .collect();
        }
        hashes.first().copied()
    }
}

/// `x001/x234/067`, with `.p/{W}` for a partial one.
struct Position(u64, u16);

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        let padded = format!("{digits:0>width$}", width = digits.len().div_ceil(3) * 3);
        let groups: Vec<&str> = (0..padded.len())
            .step_by(3)
            .filter_map(|at| padded.get(at..at + 3))
            .collect();
        let (last, leading) = groups.split_last().unwrap_or((&"000", &[]));
        for group in leading {
            write!(f, "x{group}/")?;
        }
        f.write_str(last)?;
        if self.1 < FULL_WIDTH {
            write!(f, ".p/{}", self.1)
        } else {
            Ok(())
        }
    }
}

fn position_from(path: &str) -> Result<(u64, u16), TileError> {
    let (number, width) = match path.split_once(".p/") {
        Some((number, width)) => {
            let width = strict::decimal(width)
                .filter(|width| (1..256).contains(width))
                .ok_or(TileError::Path)?;
            (number, u16::try_from(width).map_err(|_| TileError::Path)?)
        }
        None => (path, FULL_WIDTH),
    };
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let index = digits.parse().map_err(|_| TileError::Path)?;
    // One path for one tile: what is read must be what would be written.
    let canonical = Position(index, FULL_WIDTH).to_string() == number;
    if canonical {
        Ok((index, width))
    } else {
        Err(TileError::Path)
    }
}
