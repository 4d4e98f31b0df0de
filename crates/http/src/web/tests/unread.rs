//! What sources could not hand on, on the page of the pooled view.

use kinfold_domain::Category;
use kinfold_service::ports::Rejected;

use super::{
    browser::Browser,
    world::{self, children::nhs},
};

#[tokio::test]
async fn each_source_says_on_the_view_how_many_records_could_not_be_read_the_partners_too() {
    let (council, trust) = world::pair().await;
    let rejected = |category, record: &str| Rejected {
        category: Some(category),
        record: record.to_owned(),
        loaded: false,
        problem: "not loaded: it has no date; correct it in the source".to_owned(),
    };
    *trust.holdings.source.unread.lock() =
        ["17", "18"].map(|record| rejected(Category::Attendances, record)).to_vec();
    *council.holdings.source.unread.lock() = vec![rejected(Category::Household, "4")];
    let mut nurse = Browser::signed_in(&trust, "ed-clinician").await;
    let number = nhs(1).digits();
    let purpose = ("purpose", "direct-care-unscheduled");
    let page = nurse.post("/view", &[("nhs_number", &number), purpose]).await;
    for words in [
        "Attendances: 2 records could not be read.",
        "Household and family: 1 record could not be read.",
    ] {
        assert!(page.says(words), "{words} in {}", page.html);
    }
    assert!(!page.says("it has no date"), "the reason is the operator's, not the reader's");
}
