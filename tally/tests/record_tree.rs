//! The Merkle tree against published vectors and a naive recursion.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "helpers of tests fail as tests do"
)]

use proptest::prelude::*;
use tally::record::tile::{Bundle, Tile, TileError, TiledTree, bundles, tiles};
use tally::record::tree::{
    Frontier, MemoryTree, TreeError, consistency_nodes, consistency_proof, empty_root,
    inclusion_nodes, inclusion_proof, leaf_hash, node_hash, root, root_nodes, verify_consistency,
    verify_inclusion,
};
use tally::record::{Hash, NodeId, NodeStore};

/// Leaves and roots published with the reference code of RFC 6962.
const LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn leaves(number: u64) -> Vec<Hash> {
    (0..number).map(|n| leaf_hash(&n.to_be_bytes())).collect()
}

fn tree(leaves: &[Hash]) -> MemoryTree {
    let mut tree = MemoryTree::default();
    for leaf in leaves {
        tree.push(*leaf).unwrap();
    }
    tree
}

/// The definition, word for word.
fn naive_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let middle = leaves.len().next_power_of_two() / 2;
            node_hash(
                &naive_root(&leaves[..middle]),
                &naive_root(&leaves[middle..]),
            )
        }
    }
}

fn naive_path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let middle = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(middle);
    let (mut path, sibling) = if index < middle {
        (naive_path(index, left), naive_root(right))
    } else {
        (naive_path(index - middle, right), naive_root(left))
    };
    path.push(sibling);
    path
}

fn naive_consistency(old: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if whole {
            Vec::new()
        } else {
            vec![naive_root(leaves)]
        };
    }
    let middle = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(middle);
    let (mut path, sibling) = if old <= middle {
        (naive_consistency(old, left, whole), naive_root(right))
    } else {
        (
            naive_consistency(old - middle, right, false),
            naive_root(left),
        )
    };
    path.push(sibling);
    path
}

#[test]
fn the_published_roots_are_computed() {
    let mut tree = MemoryTree::default();
    assert_eq!(tree.root(), empty_root());
    for (leaf, expected) in LEAVES.iter().zip(ROOTS) {
        tree.push(leaf_hash(&hex::decode(leaf).unwrap())).unwrap();
        assert_eq!(hex::encode(tree.root().as_bytes()), expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn proofs_equal_the_naive_recursion_and_verify(size in 1_u64..600, at in any::<prop::sample::Index>()) {
        let leaves = leaves(size);
        let tree = tree(&leaves);
        let expected = naive_root(&leaves);
        prop_assert_eq!(tree.root(), expected);
        prop_assert_eq!(root(size, &tree).unwrap(), expected);
        let index = at.index(leaves.len());
        let proof = inclusion_proof(index as u64, size, &tree).unwrap();
        prop_assert_eq!(&proof, &naive_path(index, &leaves));
        prop_assert_eq!(verify_inclusion(leaves[index], index as u64, size, &proof, expected), Ok(()));
        let old = index + 1;
        let proof = consistency_proof(old as u64, size, &tree).unwrap();
        prop_assert_eq!(&proof, &naive_consistency(old, &leaves, true));
        prop_assert_eq!(verify_consistency(old as u64, size, &proof, naive_root(&leaves[..old]), expected), Ok(()));
    }

    #[test]
    fn a_changed_proof_is_refused(size in 2_u64..300, at in any::<prop::sample::Index>(), which in any::<prop::sample::Index>()) {
        let leaves = leaves(size);
        let tree = tree(&leaves);
        let index = at.index(leaves.len()) as u64;
        let proof = inclusion_proof(index, size, &tree).unwrap();
        let leaf = leaves[index as usize];
        let mut changed = proof.clone();
        changed[which.index(proof.len())] = leaf_hash(b"other");
        prop_assert_eq!(verify_inclusion(leaf, index, size, &changed, tree.root()), Err(TreeError::OtherRoot));
        prop_assert_eq!(verify_inclusion(leaf_hash(b"x"), index, size, &proof, tree.root()), Err(TreeError::OtherRoot));
        let mut longer = proof.clone();
        longer.push(leaf);
        prop_assert_eq!(verify_inclusion(leaf, index, size, &longer, tree.root()), Err(TreeError::ProofLength));
        prop_assert_eq!(verify_inclusion(leaf, index, size, &proof[1..], tree.root()), Err(TreeError::ProofLength));
        let old = index + 1;
        let older = naive_root(&leaves[..old as usize]);
        let proof = consistency_proof(old, size, &tree).unwrap();
        if proof.is_empty() {
            prop_assert_eq!(verify_consistency(old, size, &proof, leaf_hash(b"x"), tree.root()), Err(TreeError::OtherRoot));
        } else {
            let mut changed = proof.clone();
            changed[which.index(proof.len())] = leaf_hash(b"other");
            prop_assert_eq!(verify_consistency(old, size, &changed, older, tree.root()), Err(TreeError::OtherRoot));
            prop_assert_eq!(verify_consistency(old, size, &proof[1..], older, tree.root()), Err(TreeError::ProofLength));
        }
    }

    #[test]
    fn the_listed_nodes_are_all_that_is_needed(size in 1_u64..5000, at in any::<prop::sample::Index>()) {
        let whole = tree(&leaves(size));
        let index = at.index(size as usize) as u64;
        let store = &whole;
        let only = |ids: Vec<NodeId>| move |id: NodeId| ids.contains(&id).then(|| store.node(id)).flatten();
        prop_assert_eq!(root(size, &only(root_nodes(size))), Ok(whole.root()));
        let (included, consistent) = (inclusion_nodes(index, size).unwrap(), consistency_nodes(index, size).unwrap());
        prop_assert_eq!(inclusion_proof(index, size, &only(included)), inclusion_proof(index, size, &whole));
        prop_assert_eq!(consistency_proof(index, size, &only(consistent)), consistency_proof(index, size, &whole));
        let peaks: Vec<_> = root_nodes(size).into_iter().map(|id| whole.node(id).unwrap()).collect();
        prop_assert_eq!(Frontier::from_peaks(size, peaks.clone()).unwrap().root(), whole.root());
        prop_assert_eq!(Frontier::from_peaks(size, peaks[1..].to_vec()), None);
    }

    #[test]
    fn paths_read_back(index in 0_u64..1 << 55, width in 1_u16..=256, level in 0_u8..8) {
        let tile = Tile::new(level, index, width).unwrap();
        prop_assert_eq!(Tile::from_path(tile.path().strip_prefix("tile/").unwrap()), Ok(tile));
        let bundle = Bundle::new(index, width).unwrap();
        prop_assert_eq!(Bundle::from_path(bundle.path().strip_prefix("tile/entries/").unwrap()), Ok(bundle));
    }
}

#[test]
fn a_frontier_goes_on_from_its_peaks_as_the_tree() {
    let leaves = leaves(300);
    let whole = tree(&leaves);
    let mut grown = Frontier::default();
    for size in 0..300 {
        let mut frontier = Frontier::from_peaks(size, grown.peaks().to_vec()).unwrap();
        for leaf in &leaves[size as usize..] {
            for (id, hash) in frontier.push(*leaf).unwrap() {
                assert_eq!(whole.node(id), Some(hash));
            }
        }
        assert_eq!(frontier.root(), whole.root());
        grown.push(leaves[size as usize]).unwrap();
    }
}

/// The fork that the proof is there to exclude: the new tree is the log's, and grew from another one than is shown.
#[test]
fn a_proof_is_for_one_old_root_too() {
    for size in 1..=33 {
        let leaves = leaves(size);
        let whole = tree(&leaves);
        for old in 1..=size {
            let proof = consistency_proof(old, size, &whole).unwrap();
            let check = |old_root| verify_consistency(old, size, &proof, old_root, whole.root());
            assert_eq!(check(naive_root(&leaves[..old as usize])), Ok(()));
            let mut forked = leaves[..old as usize].to_vec();
            forked[0] = leaf_hash(b"what was shown to one");
            let refused = Err(TreeError::OtherRoot);
            assert_eq!(check(naive_root(&forked)), refused, "{old} of {size}");
        }
    }
}

#[test]
fn sizes_that_cannot_be_are_refused() {
    let tree = tree(&leaves(3));
    assert_eq!(
        inclusion_proof(3, 3, &tree),
        Err(TreeError::NotInTree { index: 3, size: 3 })
    );
    assert_eq!(
        consistency_proof(4, 3, &tree),
        Err(TreeError::NotABeginning { old: 4, new: 3 })
    );
    let missing = NodeId { level: 2, index: 0 };
    assert_eq!(root(4, &tree), Err(TreeError::MissingNode(missing)));
    assert_eq!(
        verify_consistency(0, 3, &[], leaf_hash(b""), tree.root()),
        Err(TreeError::OtherRoot)
    );
}

#[test]
fn paths_are_those_of_the_specification() {
    assert_eq!(
        Tile::new(0, 1_234_067, 256).unwrap().path(),
        "tile/0/x001/x234/067"
    );
    assert_eq!(Tile::new(1, 0, 17).unwrap().path(), "tile/1/000.p/17");
    assert_eq!(
        Bundle::new(999, 255).unwrap().path(),
        "tile/entries/999.p/255"
    );
    assert_eq!(
        Bundle::new(1000, 256).unwrap().path(),
        "tile/entries/x001/000"
    );
    let refused = [
        "",
        "0",
        "0/",
        "0/0",
        "0/00",
        "0/0000",
        "0/x000/001",
        "00/001",
        "+0/001",
        "8/000",
        "64/000",
        "0/001.p/0",
        "0/001.p/256",
        "0/001.p/01",
        "0/001.p/",
        "0/x001",
        "0/001/",
        "0/x001/x002",
        "0/X001/002",
        "0/001.p/1.p/1",
        "-1/000",
        "0/x999/x999/x999/x999/x999/x999/999",
    ];
    for path in refused {
        assert_eq!(Tile::from_path(path), Err(TileError::Path), "{path}");
    }
}

#[test]
fn a_path_beyond_what_64_bits_can_number_is_refused() {
    // 2⁵⁵ − 1 is the last tile of 256 leaves below 2⁶³.
    let (last, beyond) = (
        "x036/x028/x797/x018/x963/967",
        "x036/x028/x797/x018/x963/968",
    );
    let tile = Tile::from_path(&format!("0/{last}")).unwrap();
    assert_eq!(tile.nodes().last().unwrap().index, (1 << 63) - 1);
    let bundle = Bundle::from_path(last).unwrap();
    assert!(bundle.is_in(1 << 63));
    assert!(!bundle.is_in((1 << 63) - 1));
    let refused = Err(TileError::Path);
    assert_eq!(Tile::from_path(&format!("0/{beyond}")), refused);
    assert_eq!(Bundle::from_path(beyond), Err(TileError::Path));
}

#[test]
fn a_tree_of_70000_leaves_has_the_tiles_that_the_specification_lists() {
    let all = tiles(70_000);
    let widths = |level| {
        all.iter()
            .filter(|tile| tile.level() == level)
            .map(|tile| tile.width())
            .collect::<Vec<_>>()
    };
    assert_eq!(widths(0), [vec![256; 273], vec![112]].concat());
    assert_eq!(widths(1), [256, 17]);
    assert_eq!(widths(2), [1]);
    assert!(widths(3).is_empty());
    assert!(all.iter().all(|tile| tile.is_in(70_000)));
    assert!(!Tile::new(0, 273, 113).unwrap().is_in(70_000));
    assert_eq!(bundles(70_000).len(), 274);
}

#[test]
fn roots_and_proofs_can_be_computed_from_tiles_alone() {
    let leaves = leaves(70_000);
    let whole = tree(&leaves);
    let content = |tile: Tile| tile.hashes(&tile.content(&whole)?).ok();
    let tiled = TiledTree::new(70_000, content);
    assert_eq!(root(70_000, &tiled).unwrap(), whole.root());
    let proof = inclusion_proof(69_999, 70_000, &tiled).unwrap();
    assert_eq!(
        verify_inclusion(leaves[69_999], 69_999, 70_000, &proof, whole.root()),
        Ok(())
    );
    let proof = consistency_proof(257, 70_000, &tiled).unwrap();
    assert_eq!(
        verify_consistency(
            257,
            70_000,
            &proof,
            naive_root(&leaves[..257]),
            whole.root()
        ),
        Ok(())
    );
}

#[test]
fn bundles_hold_exactly_their_entries() {
    let entries: Vec<Vec<u8>> = vec![b"first".to_vec(), Vec::new(), vec![7; 65_535]];
    let content = Bundle::content(&entries).unwrap();
    let bundle = Bundle::new(0, 3).unwrap();
    assert_eq!(&content[..8], b"\0\x05first\0");
    assert_eq!(bundle.entries(&content).unwrap(), entries);
    assert_eq!(
        bundle.entries(&content[..content.len() - 1]),
        Err(TileError::Length)
    );
    assert_eq!(
        bundle.entries(&[&content[..], &[0]].concat()),
        Err(TileError::Length)
    );
    assert_eq!(
        bundle.entries(&[&content[..], &[0, 0]].concat()),
        Err(TileError::Length)
    );
    assert_eq!(
        Bundle::content(&[vec![0; 65_536]]),
        Err(TileError::EntryTooLong(0))
    );
}
