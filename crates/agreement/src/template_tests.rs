use crate::testing::{draft, standard};

#[test]
fn show() {
    let draft = draft();
    println!("{draft}\n{}\n{}", draft.agreement().plain_language(), draft.agreement().matrix());
}
