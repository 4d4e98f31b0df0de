//! A fob's life: from the vendor's file into somebody's hand, lost, found, replaced, handed back, and gone.

use std::sync::Arc;

use kinfold_domain::UserName;
use kinfold_service::{
    ports::Clock,
    records::Entry,
    sign_in::SignIn,
    staff::NewEmployee,
    tokens::{
        ImportReport, ImportTerms, Inventory, NewOrder, TemporaryCode, TokenError, Witnesses,
    },
};
use kinfold_token::{
    Algorithm, Code, CodePair, Digits, Generator, Seed, Serial, Standing, Step, TokenParameters,
};
use kinfold_token_file::{Opening, Reading};

use crate::{
    sign_in::{PIN, account, pin, user},
    *,
};

const FILE: &str = "\
serial,secret
FOB-1,3132333435363738393031323334353637383930
FOB-2,3232333435363738393031323334353637383930
FOB-3,3332333435363738393031323334353637383930
";

const PARAMETERS: TokenParameters =
    TokenParameters { algorithm: Algorithm::Sha1, digits: Digits::Six, step: Step::Thirty };

/// The trust with an inventory, and a nurse without a token.
struct Desk {
    nodes: TwoNodes,
    sign_in: Arc<SignIn>,
    inventory: Arc<Inventory>,
}

async fn desk() -> Desk {
    let nodes = TwoNodes::start().await;
    account(&nodes.trust).await;
    let sign_in = Arc::clone(&nodes.trust.sign_in);
    let inventory = Arc::clone(&nodes.trust.inventory);
    Desk { nodes, sign_in, inventory }
}

fn serial(text: &str) -> Serial {
    text.parse().unwrap()
}

/// What the fob of that number shows.
fn fob(number: u8) -> Generator {
    let mut bytes = b"12345678901234567890".to_vec();
    bytes[0] = b'0' + number;
    Generator::new(&Seed::new(bytes).unwrap(), PARAMETERS)
}

impl Desk {
    async fn import(&self, text: &str, rest: bool) -> Result<ImportReport, TokenError> {
        let reading = Reading { opening: Opening::Nothing, parameters: PARAMETERS };
        let file = std::io::Cursor::new(text.to_owned());
        let terms = ImportTerms { rest, ..ImportTerms::default() };
        self.inventory.import(file, reading, terms, |_| {}).await
    }

    fn shown(&self, generator: &Generator, after: i64) -> Code {
        let now = self.nodes.trust.ground.clock.now();
        generator.code_at(now + jiff::SignedDuration::from_secs(after))
    }

    /// The nurse shows two codes of a fob.
    async fn first_use(&self, generator: &Generator) {
        let pair = CodePair::new(self.shown(generator, 0), self.shown(generator, 30));
        self.nodes.trust.staff.confirm_token(&user(), &pair).await.unwrap();
        self.nodes.advance(120);
    }

    async fn signs_in(&self, generator: &Generator) -> bool {
        let code = self.shown(generator, 0);
        let signed_in = self.sign_in.sign_in(&user(), pin(PIN), code).await.is_ok();
        self.nodes.advance(60);
        signed_in
    }

    /// The nurse with the first fob in use.
    async fn equipped() -> Self {
        let desk = desk().await;
        assert_eq!(desk.import(FILE, false).await.unwrap().imported, 3);
        desk.inventory.assign(&serial("FOB-1"), &user(), None).await.unwrap();
        desk.first_use(&fob(1)).await;
        assert!(desk.signs_in(&fob(1)).await);
        desk
    }

    async fn standing(&self, text: &str) -> Standing {
        self.inventory.one(&serial(text)).await.unwrap().token.standing
    }

    /// Somebody else with a soft token.
    async fn colleague(&self, name: &str, role: &str) -> Generator {
        let (user_name, staff) = (name.parse::<UserName>().unwrap(), &self.nodes.trust.staff);
        let new = NewEmployee {
            user_name: user_name.clone(),
            name: "Other Testperson".to_owned(),
            job_title: "Colleague".to_owned(),
            role: role.parse().unwrap(),
            email: None,
        };
        staff.add(new, &pin(PIN).choose().unwrap()).await.unwrap();
        let uri = staff.issue_token(&user_name).await.unwrap().uri;
        let generator = Generator::new(uri.seed(), uri.parameters());
        let pair = CodePair::new(self.shown(&generator, 0), self.shown(&generator, 8));
        staff.confirm_token(&user_name, &pair).await.unwrap();
        self.nodes.advance(60);
        generator
    }

    async fn two(&self) -> Witnesses {
        let operator = self.colleague("operator", "operator").await;
        let sister = self.colleague("sister", "ed-clinician").await;
        let (first, second) = ("operator".parse().unwrap(), "sister".parse().unwrap());
        let first = (&first, pin(PIN), self.shown(&operator, 0));
        let second = (&second, pin(PIN), self.shown(&sister, 0));
        self.inventory.witnesses(None, first, second).await.unwrap()
    }

    async fn temporary(&self) -> TemporaryCode {
        let two = self.two().await;
        self.inventory.issue_temporary(&serial("FOB-1"), &two, 8).await.unwrap()
    }
}

#[tokio::test]
async fn an_imported_fob_signs_in_once_it_has_shown_two_codes_and_none_of_them_twice() {
    let desk = desk().await;
    desk.import(FILE, false).await.unwrap();
    desk.inventory.assign(&serial("FOB-1"), &user(), None).await.unwrap();
    assert!(!desk.signs_in(&fob(1)).await, "before its first use");
    desk.first_use(&fob(1)).await;
    let code = desk.shown(&fob(1), 0);
    assert!(desk.sign_in.sign_in(&user(), pin(PIN), code.clone()).await.is_ok());
    assert!(desk.sign_in.sign_in(&user(), pin(PIN), code).await.is_err(), "a code was good twice");
    assert_eq!(desk.standing("FOB-1").await, Standing::InUse);
}

#[tokio::test]
async fn with_one_wrong_token_nothing_is_imported_unless_the_rest_is_wanted() {
    let desk = desk().await;
    let text = format!("{FILE}FOB-4,xyz\nFOB-1,3132333435363738393031323334353637383930\n");
    let report = desk.import(&text, false).await.unwrap();
    assert_eq!((report.read, report.imported, report.wrong), (5, 0, 2));
    let told: Vec<_> = report.told.iter().map(|t| (t.place, t.serial.as_deref())).collect();
    assert_eq!(told, [(4, Some("FOB-4")), (5, Some("FOB-1"))]);
    assert!(desk.inventory.counts().await.unwrap().is_empty());
    assert!(!recorded(&desk, |entry| matches!(entry, Entry::TokensImported(_))));

    assert_eq!(desk.import(&text, true).await.unwrap().imported, 3);
    assert_eq!(desk.inventory.counts().await.unwrap(), [(Standing::InStock, 3)]);
    assert!(recorded(&desk, |entry| matches!(entry, Entry::TokensImported(_))));
    assert_eq!(desk.import(FILE, true).await.unwrap().imported, 0, "a file came twice");
}

fn new_order(reference: &str, tokens: u64) -> NewOrder {
    NewOrder {
        reference: reference.to_owned(),
        vendor: "A maker of fobs".to_owned(),
        tokens,
        ordered: "2026-03-02".parse().unwrap(),
        expected: Some("2026-03-20".parse().unwrap()),
    }
}

#[tokio::test]
async fn an_order_is_open_until_all_of_it_came_or_somebody_says_that_no_more_will() {
    let desk = desk().await;
    let inventory = &desk.inventory;
    inventory.order(new_order(" PO-1 ", 4), None).await.unwrap();
    let again = inventory.order(new_order("PO-1", 9), None).await;
    assert!(matches!(again, Err(TokenError::Ordered)));
    let soon = NewOrder { expected: Some("2026-03-01".parse().unwrap()), ..new_order("PO-2", 4) };
    for wrong in [soon, new_order("PO-2", 0), new_order(" ", 1), new_order("a\nb", 1)] {
        assert!(matches!(inventory.order(wrong, None).await, Err(TokenError::WrongOrder)));
    }
    let import = |text: &str, order: &str| {
        let reading = Reading { opening: Opening::Nothing, parameters: PARAMETERS };
        let terms = ImportTerms { order: Some(order.to_owned()), ..ImportTerms::default() };
        inventory.import(std::io::Cursor::new(text.to_owned()), reading, terms, |_| {})
    };
    assert!(matches!(import(FILE, "PO-9").await, Err(TokenError::NoOrder)));
    assert!(inventory.counts().await.unwrap().is_empty(), "a file of no order came in");
    assert_eq!(import(FILE, "PO-1").await.unwrap().imported, 3);
    let orders = inventory.orders().await.unwrap();
    assert!(orders[0].arrived == 3 && orders[0].is_open());
    assert!(recorded(&desk, |entry| matches!(entry, Entry::TokensImported(moved)
        if moved.order.as_deref() == Some("PO-1"))));
    let last = FILE.lines().next().unwrap().to_owned()
        + "\nFOB-4,3432333435363738393031323334353637383930\n";
    assert_eq!(import(&last, "PO-1").await.unwrap().imported, 1);
    assert!(!inventory.orders().await.unwrap()[0].is_open(), "all have come");

    inventory.order(new_order("PO-3", 5), None).await.unwrap();
    inventory.close_order("PO-3", None).await.unwrap();
    let again = inventory.close_order("PO-3", None).await;
    assert!(matches!(again, Err(TokenError::NoOrder)));
    assert!(recorded(&desk, |entry| matches!(entry, Entry::TokensOrdered(ordered)
        if ordered.what == "closed" && ordered.order == "PO-3")));
}

#[tokio::test]
async fn what_the_ledger_can_not_take_is_not_in_stock() {
    let desk = desk().await;
    desk.nodes.trust.break_ledger().await;
    assert!(matches!(desk.import(FILE, false).await, Err(TokenError::Ledger(_))));
    assert!(desk.inventory.counts().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_lost_fob_opens_nothing_and_ends_what_it_opened_until_it_is_found() {
    let desk = Desk::equipped().await;
    let code = desk.shown(&fob(1), 0);
    let session = desk.sign_in.sign_in(&user(), pin(PIN), code).await.unwrap();
    desk.inventory.lost(&serial("FOB-1"), None).await.unwrap();
    assert!(desk.sign_in.caller(&session).await.is_err(), "a session outlived its token");
    desk.nodes.advance(60);
    assert!(!desk.signs_in(&fob(1)).await);
    let seen_while_lost = desk.shown(&fob(1), 0);
    desk.inventory.found(&serial("FOB-1"), None).await.unwrap();
    assert!(desk.sign_in.sign_in(&user(), pin(PIN), seen_while_lost).await.is_err());
    desk.nodes.advance(120);
    assert!(desk.signs_in(&fob(1)).await);
}

#[tokio::test]
async fn two_named_people_issue_a_code_for_one_shift_that_ends_when_the_fob_is_found() {
    let desk = Desk::equipped().await;
    let two = desk.two().await;
    let refused = desk.inventory.issue_temporary(&serial("FOB-1"), &two, 8).await;
    assert!(matches!(refused, Err(TokenError::NotLost)));
    desk.inventory.lost(&serial("FOB-1"), None).await.unwrap();
    let refused = desk.inventory.issue_temporary(&serial("FOB-1"), &two, 13).await;
    assert!(matches!(refused, Err(TokenError::Shift)));
    let issued = desk.inventory.issue_temporary(&serial("FOB-1"), &two, 8).await.unwrap();
    let nurse = user();
    let opens = || desk.sign_in.sign_in(&nurse, pin(PIN), issued.code.clone());
    assert!(opens().await.is_ok() && opens().await.is_ok());
    let wrong_pin = desk.sign_in.sign_in(&user(), pin("111222"), issued.code.clone()).await;
    assert!(wrong_pin.is_err(), "the code alone opened a session");
    assert!(recorded(&desk, |entry| matches!(entry, Entry::Token(word)
        if word.what == "temporary-code" && word.by.len() == 2 && word.until.is_some())));
    desk.inventory.found(&serial("FOB-1"), None).await.unwrap();
    assert!(opens().await.is_err(), "the code outlived the loss");
}

#[tokio::test]
async fn a_code_for_one_shift_and_its_sessions_end_with_the_shift() {
    let desk = Desk::equipped().await;
    desk.inventory.lost(&serial("FOB-1"), None).await.unwrap();
    let issued = desk.temporary().await;
    desk.nodes.advance(8 * 3600 - 900);
    let late = desk.sign_in.sign_in(&user(), pin(PIN), issued.code.clone()).await.unwrap();
    assert!(desk.sign_in.caller(&late).await.is_ok());
    desk.nodes.advance(901);
    assert!(desk.sign_in.caller(&late).await.is_err(), "a session outlived the shift");
    assert!(desk.sign_in.sign_in(&user(), pin(PIN), issued.code).await.is_err());
}

#[tokio::test]
async fn one_person_alone_or_the_holder_issues_nothing() {
    let desk = Desk::equipped().await;
    let operator = desk.colleague("operator", "operator").await;
    let who: UserName = "operator".parse().unwrap();
    let proof = |after| (&who, pin(PIN), desk.shown(&operator, after));
    let twice = desk.inventory.witnesses(None, proof(0), proof(8)).await;
    assert!(matches!(twice, Err(TokenError::NotTwoPeople)));
    let (nurse, code) = (user(), desk.shown(&fob(1), 0));
    let reversed = desk.inventory.witnesses(None, (&nurse, pin(PIN), code), proof(0)).await;
    assert!(matches!(reversed, Err(TokenError::NotTwoPeople)), "the first is no operator");
    desk.nodes.advance(120);
    let holder = (&nurse, pin(PIN), desk.shown(&fob(1), 0));
    let with_holder = desk.inventory.witnesses(None, proof(0), holder).await.unwrap();
    desk.inventory.lost(&serial("FOB-1"), None).await.unwrap();
    let refused = desk.inventory.issue_temporary(&serial("FOB-1"), &with_holder, 8).await;
    assert!(matches!(refused, Err(TokenError::NotTwoPeople)));
}

#[tokio::test]
async fn a_replaced_fob_works_until_the_new_one_was_used_and_is_then_to_be_handed_back() {
    let desk = Desk::equipped().await;
    desk.inventory.replace(&serial("FOB-1"), &serial("FOB-2"), None).await.unwrap();
    assert!(desk.signs_in(&fob(1)).await);
    desk.first_use(&fob(2)).await;
    assert!(!desk.signs_in(&fob(1)).await);
    assert!(desk.signs_in(&fob(2)).await);
    assert_eq!(desk.standing("FOB-1").await, Standing::Replaced);
    desk.inventory.give_back(&serial("FOB-1"), None).await.unwrap();
    let line = desk.inventory.one(&serial("FOB-1")).await.unwrap();
    assert_eq!((line.token.standing, line.holder), (Standing::Returned, None));
    desk.inventory.dispose(&serial("FOB-1"), None).await.unwrap();
    assert!(desk.inventory.assign(&serial("FOB-1"), &user(), None).await.is_err());
}

#[tokio::test]
async fn a_lost_fob_that_turns_up_beside_a_new_one_is_to_be_handed_back() {
    let desk = Desk::equipped().await;
    desk.inventory.lost(&serial("FOB-1"), None).await.unwrap();
    desk.inventory.replace(&serial("FOB-1"), &serial("FOB-2"), None).await.unwrap();
    desk.first_use(&fob(2)).await;
    desk.inventory.found(&serial("FOB-1"), None).await.unwrap();
    assert_eq!(desk.standing("FOB-1").await, Standing::Replaced);
    assert!(!desk.signs_in(&fob(1)).await);
}

#[tokio::test]
async fn an_export_holds_what_nobody_holds_and_names_two_people() {
    let desk = Desk::equipped().await;
    let two = desk.two().await;
    let mut export = desk.inventory.export(&two, false).await.unwrap();
    let key = export.key.clone().unwrap();
    let mut bytes = Vec::new();
    while let Some(part) = desk.inventory.next_part(&mut export).await.unwrap() {
        bytes.extend(part);
    }
    assert_eq!(export.tokens, 2);
    let reading = Reading { opening: Opening::Key(key), parameters: PARAMETERS };
    let rows = kinfold_token_file::read(&bytes[..], reading).unwrap();
    let serials: Vec<_> = rows
        .map(|row| match row.unwrap() {
            kinfold_token_file::Row::Token(token) => token.serial.to_string(),
            kinfold_token_file::Row::Rejected { why, .. } => panic!("{why}"),
        })
        .collect();
    assert_eq!(serials, ["FOB-2", "FOB-3"], "somebody's secret left the node");
    assert!(recorded(&desk, |entry| matches!(entry, Entry::TokensExported(moved)
        if moved.by.len() == 2 && moved.encrypted == Some(true))));
}

#[tokio::test]
async fn no_entry_of_the_ledger_and_no_error_holds_a_secret() {
    let desk = Desk::equipped().await;
    let wrong = "FOB-9,3132333435363738393031323334353637383930,md5\n";
    let report = desk.import(wrong, false).await.unwrap();
    let told = serde_json::to_string(&report).unwrap();
    let entries = serde_json::to_string(&desk.nodes.trust.entries(0)).unwrap();
    for text in [told, entries] {
        assert!(!text.contains("31323334") && !text.contains("12345678901234567890"));
    }
}

fn recorded(desk: &Desk, wanted: impl Fn(&Entry) -> bool) -> bool {
    desk.nodes.trust.entries(0).iter().any(wanted)
}
