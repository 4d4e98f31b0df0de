use proptest::prelude::*;

use super::*;

const HAPPENINGS: [Happening; 11] = [
    Happening::Assigned,
    Happening::FirstUsed,
    Happening::Lost,
    Happening::Found(FoundAs::Used),
    Happening::Found(FoundAs::Unused),
    Happening::Found(FoundAs::Superseded),
    Happening::Broken,
    Happening::Replaced,
    Happening::Left,
    Happening::Returned,
    Happening::Disposed,
];
const KINDS: [Kind; 3] = [Kind::Fob, Kind::Soft, Kind::Temporary];

#[test]
fn a_fob_goes_from_the_parcel_to_the_bin() {
    use Happening as H;
    let life = [
        (H::Assigned, Standing::Assigned),
        (H::FirstUsed, Standing::InUse),
        (H::Lost, Standing::Lost),
        (H::Found(FoundAs::Used), Standing::InUse),
        (H::Replaced, Standing::Replaced),
        (H::Returned, Standing::Returned),
        (H::Assigned, Standing::Assigned),
        (H::Broken, Standing::Broken),
        (H::Disposed, Standing::Disposed),
    ];
    let mut standing = Standing::InStock;
    for (happening, expected) in life {
        standing = standing.after(happening, Kind::Fob).unwrap();
        assert_eq!(standing, expected, "{happening:?}");
    }
}

#[test]
fn a_fob_that_somebody_holds_is_not_thrown_away_unseen() {
    for standing in [Standing::Assigned, Standing::InUse] {
        assert_eq!(standing.after(Happening::Disposed, Kind::Fob), Err(NotNow { standing }));
        assert_eq!(standing.after(Happening::Disposed, Kind::Soft), Ok(Standing::Disposed));
    }
}

#[test]
fn what_a_leaver_holds_opens_nothing_and_is_asked_back() {
    for standing in [Standing::Assigned, Standing::InUse] {
        assert_eq!(standing.after(Happening::Left, Kind::Fob), Ok(Standing::Recalled));
        assert_eq!(standing.after(Happening::Left, Kind::Soft), Ok(Standing::Disposed));
        assert_eq!(standing.after(Happening::Left, Kind::Temporary), Ok(Standing::Disposed));
    }
    let back = [Happening::Returned, Happening::Lost, Happening::Broken, Happening::Disposed];
    let can = HAPPENINGS.iter().filter(|h| Standing::Recalled.after(**h, Kind::Fob).is_ok());
    assert!(can.clone().all(|happening| back.contains(happening)) && can.count() == back.len());
}

#[test]
fn a_secret_in_somebodys_own_device_is_never_given_to_another() {
    for standing in Standing::ALL {
        assert!(standing.after(Happening::Returned, Kind::Soft).is_err());
    }
}

#[test]
fn every_word_reads_back() {
    for standing in Standing::ALL {
        assert_eq!(standing.word().parse(), Ok(standing));
        let json = serde_json::to_string(&standing).unwrap();
        assert_eq!(json, format!("\"{}\"", standing.word()));
    }
    for kind in KINDS {
        assert_eq!(kind.word().parse(), Ok(kind));
    }
    assert!("arriving".parse::<Standing>().is_err());
}

proptest! {
    #[test]
    fn no_order_of_happenings_puts_a_token_into_use_unproved(
        kind in prop::sample::select(&KINDS[..]),
        happenings in prop::collection::vec(prop::sample::select(&HAPPENINGS[..]), 0..40),
    ) {
        let (mut standing, mut proved) = (Standing::InStock, false);
        for happening in happenings {
            let before = standing;
            let Ok(after) = standing.after(happening, kind) else { continue };
            prop_assert_ne!(before, Standing::Disposed, "nothing happens after the end");
            prop_assert_ne!(before, after, "a happening that changes nothing is refused");
            if before.is_free() && after == Standing::Assigned {
                // Whoever had it before proved nothing for whoever has it now.
                proved = false;
            }
            match happening {
                Happening::FirstUsed => proved = true,
                // The caller tells a used token from an unused one by its last step.
                Happening::Found(FoundAs::Used) => prop_assume!(proved),
                _ => {}
            }
            if after == Standing::InUse {
                prop_assert!(proved, "{:?} by {:?}", before, happening);
                prop_assert!([Standing::Assigned, Standing::Lost].contains(&before));
            }
            standing = after;
        }
    }

    #[test]
    fn from_everywhere_a_token_can_be_disposed_of_in_two_steps(
        standing in prop::sample::select(&Standing::ALL[..]),
        kind in prop::sample::select(&KINDS[..]),
    ) {
        prop_assume!(standing != Standing::Disposed);
        let ends = |from: Standing| from.after(Happening::Disposed, kind).is_ok();
        let next = HAPPENINGS.iter().filter_map(|h| standing.after(*h, kind).ok());
        prop_assert!(ends(standing) || next.into_iter().any(ends));
    }
}
