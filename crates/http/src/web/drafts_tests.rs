use super::*;

const ONE: SessionId = SessionId([1; 32]);
const OTHER: SessionId = SessionId([2; 32]);

fn fields(text: &str) -> Fields {
    Fields::parse(text.as_bytes()).unwrap()
}

fn kept(drafts: &Drafts, session: SessionId) -> Option<String> {
    let (form, left) = drafts.show(session)?;
    Some(format!("{form:?} {}", left.text("family")))
}

#[test]
fn a_draft_is_its_sessions_alone_and_goes_with_it() {
    let drafts = Drafts::default();
    drafts.keep(ONE, Ok(fields("draft=/check&family=Mockford")));
    assert_eq!(drafts.waits(ONE), Some(Waits::Kept));
    assert_eq!((drafts.waits(OTHER), kept(&drafts, OTHER)), (None, None));
    drafts.hand_on(ONE, OTHER);
    assert_eq!((drafts.waits(ONE), kept(&drafts, ONE)), (None, None));
    assert_eq!(kept(&drafts, OTHER).unwrap(), "Check Mockford");
    drafts.sweep(|session| session == ONE);
    assert_eq!(kept(&drafts, OTHER), None);
}

#[test]
fn what_was_put_back_is_there_for_a_page_that_is_loaded_again_and_waits_no_more() {
    let drafts = Drafts::default();
    drafts.keep(ONE, Ok(fields("draft=/view&family=Mockford")));
    assert_eq!(kept(&drafts, ONE).unwrap(), "View Mockford");
    assert_eq!((drafts.waits(ONE), kept(&drafts, ONE).is_some()), (None, true));
    drafts.keep(ONE, Ok(Fields::default()));
    assert_eq!(kept(&drafts, ONE), None, "they were on another page since");
}

#[test]
fn a_page_without_a_form_takes_nothing_away_that_still_waits() {
    let drafts = Drafts::default();
    drafts.keep(ONE, Ok(fields("draft=/check&family=Mockford")));
    drafts.keep(ONE, Ok(Fields::default()));
    drafts.keep(ONE, Ok(fields("draft=/check&family=&purpose=direct-care-unscheduled")));
    drafts.keep(ONE, Err(Failure::Garbled));
    assert_eq!(kept(&drafts, ONE).unwrap(), "Check Mockford");
}

#[test]
fn only_forms_without_secrets_are_kept() {
    let drafts = Drafts::default();
    for form in ["/sign-in", "/pin", "/passkeys/add", "/tokens/import", "/tokens/unlock", ""] {
        drafts.keep(ONE, Ok(fields(&format!("draft={form}&pin=804713&family=Mockford"))));
        assert_eq!(drafts.waits(ONE), None, "{form}");
    }
}

#[test]
fn what_is_too_long_is_not_kept_and_that_is_told() {
    let drafts = Drafts::default();
    let long = format!("draft=/check&family={}", "a".repeat(LONGEST));
    drafts.keep(ONE, Ok(fields(&long)));
    drafts.keep(OTHER, Err(Failure::TooLarge));
    for session in [ONE, OTHER] {
        assert_eq!(drafts.waits(session), Some(Waits::NotKept));
        assert_eq!(kept(&drafts, session), None);
    }
}

#[test]
fn nothing_from_a_locked_screen_takes_the_place_of_what_was_left_there() {
    let drafts = Drafts::default();
    let late = |text| drafts.keep_late(ONE, Form::Check, fields(text));
    assert!(!late("family=&purpose=direct-care-unscheduled"), "nothing was typed");
    assert!(late("family=Mockford"));
    assert!(!late("family=Other"));
    assert_eq!(kept(&drafts, ONE).unwrap(), "Check Mockford");
}

#[test]
fn drafts_without_end_fill_no_memory() {
    let drafts = Drafts::default();
    for n in 0..u16::try_from(MOST).unwrap() + 5 {
        let mut id = [0; 32];
        id[..2].copy_from_slice(&n.to_be_bytes());
        drafts.keep(SessionId(id), Ok(fields("draft=/check&family=Mockford")));
    }
    let kept = drafts.0.lock().values().filter(|draft| draft.left.is_some()).count();
    assert_eq!(kept, MOST);
    drafts.sweep(|_| false);
    assert!(drafts.0.lock().is_empty());
}
