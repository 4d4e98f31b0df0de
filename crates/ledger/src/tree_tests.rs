use std::convert::Infallible;

use proptest::prelude::*;

use super::*;

/// A tree that holds its leaves and hashes them anew each time, straight from the definition.
struct Naive(Vec<Hash>);

impl Naive {
    fn of(size: u64) -> Self {
        Self((0..size).map(|i| Hash::of_leaf(&i.to_be_bytes())).collect())
    }

    fn mth(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Hash::of_nothing(),
            [leaf] => *leaf,
            _ => {
                let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
                Hash::of_node(&Self::mth(left), &Self::mth(right))
            }
        }
    }
}

impl Nodes for Naive {
    type Error = Infallible;

    fn node(&self, height: u32, index: u64) -> Result<Hash, Infallible> {
        let start = usize::try_from(index << height).unwrap();
        Ok(Self::mth(&self.0[start..start + (1 << height)]))
    }
}

/// The leaves and roots of the reference implementation of RFC 6962.
#[test]
fn reference_roots_come_out() {
    let leaves: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let tree = Naive(leaves.iter().map(|leaf| Hash::of_leaf(leaf)).collect());
    for (size, expected) in (0..).zip(roots) {
        let Ok(root) = root(&tree, size);
        assert_eq!(hex::encode(root.as_bytes()), expected, "size {size}");
    }
}

#[test]
fn every_proof_of_small_trees_verifies_and_none_verifies_elsewhere() {
    let tree = Naive::of(40);
    for size in 1..=40 {
        let Ok(root_now) = root(&tree, size);
        for index in 0..size {
            let Ok(proof) = inclusion(&tree, index, size);
            let leaf = tree.0[usize::try_from(index).unwrap()];
            assert!(is_included(leaf, index, size, &proof, &root_now), "{index} in {size}");
            for other in (0..size).filter(|other| *other != index) {
                assert!(!is_included(leaf, other, size, &proof, &root_now));
            }
        }
        for old in 0..=size {
            let (Ok(old_root), Ok(proof)) = (root(&tree, old), consistency(&tree, old, size));
            assert!(is_consistent((old, &old_root), (size, &root_now), &proof), "{old} to {size}");
        }
    }
}

proptest! {
    #[test]
    fn altered_proofs_do_not_verify(
        size in 2_u64..300, at: prop::sample::Index, which: prop::sample::Index, bit in 0_usize..256,
    ) {
        let tree = Naive::of(size);
        let index = at.index(usize::try_from(size).unwrap()) as u64;
        let leaf = tree.0[usize::try_from(index).unwrap()];
        let (Ok(root), Ok(mut proof)) = (root(&tree, size), inclusion(&tree, index, size));
        let which = which.index(proof.len());
        proof[which].0[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(!is_included(leaf, index, size, &proof, &root));
        proof[which].0[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(is_included(leaf, index, size, &proof, &root));
        prop_assert!(!is_included(leaf, index, size, &proof[1..], &root));
        proof.push(root);
        prop_assert!(!is_included(leaf, index, size, &proof, &root));
    }

    #[test]
    fn a_rewritten_history_is_not_consistent(old in 1_u64..150, more in 1_u64..150, at: prop::sample::Index) {
        let (mut tree, new) = (Naive::of(old + more), old + more);
        let Ok(old_root) = root(&tree, old);
        let at = at.index(usize::try_from(old).unwrap());
        tree.0[at] = Hash::of_leaf(b"another");
        let (Ok(new_root), Ok(proof)) = (root(&tree, new), consistency(&tree, old, new));
        prop_assert!(!is_consistent((old, &old_root), (new, &new_root), &proof));
    }
}
