use std::path::Path;

use crate::testing::draft;

/// `KINFOLD_UPDATE=1 cargo test -p kinfold-agreement matrix` writes it anew.
#[test]
fn the_standard_agreements_matrix_is_the_reviewed_one() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy/matrix.txt");
    let matrix = draft().agreement().matrix();
    if std::env::var_os("KINFOLD_UPDATE").is_some() {
        std::fs::write(&file, &matrix).unwrap();
    }
    let reviewed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        matrix == reviewed,
        "policy/matrix.txt differs from what the clauses come to: write it with KINFOLD_UPDATE=1 and review it"
    );
}
