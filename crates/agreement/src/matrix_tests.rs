use std::path::Path;

use kinfold_domain::AgencyKind;

use crate::testing::{draft, party, standard};

/// `KINFOLD_UPDATE=1 cargo test -p kinfold-agreement matrix` writes it anew.
fn is_the_reviewed_one(name: &str, matrix: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy").join(name);
    if std::env::var_os("KINFOLD_UPDATE").is_some() {
        std::fs::write(&file, matrix).unwrap();
    }
    let reviewed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        matrix == reviewed,
        "policy/{name} differs from what the clauses come to: write it with KINFOLD_UPDATE=1 and review it"
    );
}

#[test]
fn the_standard_agreements_matrix_is_the_reviewed_one() {
    is_the_reviewed_one("matrix.txt", &draft().agreement().matrix());
}

#[test]
fn the_matrix_between_two_councils_and_a_trust_is_the_reviewed_one() {
    let mut standard = standard();
    standard.parties.insert(1, party("larkford-council", "Larkford Council", AgencyKind::Council));
    let draft = standard.draft().unwrap();
    is_the_reviewed_one("matrix-councils.txt", &draft.agreement().matrix());
}
