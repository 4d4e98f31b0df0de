//! What must be true of hand-overs when everything has come to rest.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::civil::{Date, Weekday};
use kinfold_domain::{AgencyId, CheckAnswer, EntryId, RegisterEntry};
use kinfold_service::{
    records::{Entry, HandOverId, HandOverStep, Said},
    register::{HandOver, Side, State},
    today,
};

use super::{
    custodians::lines,
    first_council,
    nurses::answer,
    registers::{self, in_force, of_child},
};
use crate::{
    after::ledgers_verify,
    children::{CHILDREN, entry_of},
    host::Host,
    world::World,
};

/// A register's entries.
type Entries = BTreeMap<EntryId, RegisterEntry>;
/// Words of each hand-over by their names, each once.
type Words = BTreeMap<HandOverId, BTreeMap<&'static str, HandOverStep>>;

/// All of it.
pub(super) async fn everything(world: &Arc<World>) {
    let read: Vec<(Words, Words)> = world.councils().iter().map(said_and_heard).collect();
    assert!(read[0].0 == read[1].1, "what the first council said is what the second heard");
    assert!(read[1].0 == read[0].1, "what the second council said is what the first heard");
    both_know_the_same(world, &read);
    every_word_was_said_once(world, &read);
    each_child_is_where_it_was_handed(world);
    registers::somebody_stands_for_each(world);
    clocks_run_on_working_days(world).await;
    nurses_are_told(world).await;
    if world.chance.one_in(4) {
        ledgers_verify(world);
    }
}

/// A word that a ledger has twice, since the process ended in between, is the same one.
fn said_and_heard(council: &Arc<Host>) -> (Words, Words) {
    let node = council.node().expect("a node that is up");
    let mut durable = council.durable.lock();
    durable.read(&node.journal);
    let (mut said, mut heard) = (Words::new(), Words::new());
    for entry in &durable.entries {
        let (words, step) = match entry {
            Entry::HandOver { step, .. } => (&mut said, step),
            Entry::HandOverHeard { step, .. } => (&mut heard, step),
            _ => continue,
        };
        let words = words.entry(step.hand_over).or_default();
        let known = words.insert(step.said.word(), step.as_ref().clone());
        assert!(known.is_none_or(|known| known == **step), "a word that was said in two ways");
    }
    (said, heard)
}

fn kept(council: &Host) -> BTreeMap<HandOverId, HandOver> {
    council.ground().work.hand_overs().into_iter().map(|item| (item.id, item)).collect()
}

/// Both councils keep the same hand-overs, with the words that their ledgers have, and say the same of each.
fn both_know_the_same(world: &World, read: &[(Words, Words)]) {
    let [first, second] = [0, 1].map(|place| kept(&world.councils()[place]));
    assert!(first.keys().eq(second.keys()), "none is lost");
    for (id, item) in &first {
        let other = &second[id];
        assert_eq!(item.side, other.side.other());
        assert_eq!(item.state(), other.state(), "{}", id.0);
        for (place, known) in [(0, item), (1, other)] {
            let (said, heard) = &read[place];
            let in_ledger = [said, heard].into_iter().filter_map(|words| words.get(id)).flatten();
            let mut in_ledger: Vec<_> = in_ledger.map(|(word, step)| (*word, step)).collect();
            let mut words: Vec<_> = known.words.iter().map(|s| (s.said.word(), s)).collect();
            in_ledger.sort_by_key(|(word, _)| *word);
            words.sort_by_key(|(word, _)| *word);
            assert!(in_ledger == words, "{}: {in_ledger:?} is not {words:?}", id.0);
        }
    }
}

/// What somebody was told was said was said once, with their reason, at both councils; what they got no answer to at most once.
fn every_word_was_said_once(world: &World, read: &[(Words, Words)]) {
    for word in &world.happened.lock().words {
        let theirs = |words: &Words| -> Vec<HandOverStep> {
            let steps = words.values().flat_map(BTreeMap::values);
            steps.filter(|step| step.by.user_name.as_str() == word.by).cloned().collect()
        };
        let said: Vec<_> = read.iter().flat_map(|(said, _)| theirs(said)).collect();
        let heard: Vec<_> = read.iter().flat_map(|(_, heard)| theirs(heard)).collect();
        let times = match word.said {
            Some(true) => 1..=1,
            Some(false) => 0..=0,
            None => 0..=1,
        };
        assert!(times.contains(&said.len()), "{word:?} was said {} times", said.len());
        assert!(said == heard, "{word:?}");
        for step in said {
            assert_eq!(step.said.word(), word.kind);
            let reason = step.said.reason().map(|reason| reason.expose().clone());
            let is_acceptance = matches!(step.said, Said::Accepted { .. });
            assert!(is_acceptance || reason.as_ref() == Some(&word.reason), "{word:?}: {reason:?}");
        }
    }
}

/// Which entries of a child go on follows from the words alone: the first one, and those with which an acceptance was said, but for those
/// that were handed over, or that were made of an offer of which it was decided that the child stays. Where one goes on, the child stands once.
fn each_child_is_where_it_was_handed(world: &World) {
    let children = entries_of_children(world);
    let items = kept(&world.councils()[0]);
    for (place, council) in world.councils().iter().enumerate() {
        let (agency, entries) = (council.ground().agency.id, registers::entries(council));
        for n in 0..CHILDREN {
            let theirs = |id: &EntryId| children.get(&(agency.clone(), id.clone())) == Some(&n);
            let mut goes_on: BTreeSet<EntryId> = BTreeSet::new();
            if first_council(n) == place {
                goes_on.insert(living(&entries, &entry_of(n)));
            }
            let taken = items.values().filter(|item| taker(item) == place);
            goes_on.extend(taken.filter_map(|item| Some(living(&entries, item.taken_as()?))));
            goes_on.retain(theirs);
            for item in items.values() {
                goes_on.retain(|id| !has_ended(item, (place, id), &entries));
            }
            let (stands, expected) = (in_force(council, n).len(), usize::from(!goes_on.is_empty()));
            let closed = world.happened.lock().closed.contains(&n);
            let as_closed = closed && place == first_council(n) && stands == 0;
            assert!(
                stands == expected || as_closed,
                "child {n} stands {stands} times on the register of {}, not {expected}",
                council.name
            );
        }
    }
}

/// Which council is handed something, as the first one keeps it.
fn taker(item: &HandOver) -> usize {
    usize::from(item.side == Side::Giver)
}

fn has_ended(item: &HandOver, (place, id): (usize, &EntryId), entries: &Entries) -> bool {
    let given = item.offer().map(|offer| living(entries, &offer.register_entry));
    let made = item.taken_as().filter(|made| made.as_str().starts_with("hand-"));
    let made = made.map(|made| living(entries, made));
    match item.state() {
        State::Accepted | State::Goes => taker(item) != place && given.as_ref() == Some(id),
        State::Stays => taker(item) == place && made.as_ref() == Some(id),
        _ => false,
    }
}

/// The entry that stands in its place.
fn living(entries: &Entries, id: &EntryId) -> EntryId {
    let next = entries.get(id).and_then(|entry| entry.successor.as_ref());
    next.map_or_else(|| id.clone(), |next| living(entries, next))
}

/// Whose entry each reference is.
fn entries_of_children(world: &World) -> BTreeMap<(AgencyId, EntryId), usize> {
    let mut known = BTreeMap::new();
    for council in world.councils() {
        let agency = council.ground().agency.id;
        for (id, entry) in registers::entries(council) {
            let n = (0..CHILDREN).find(|n| of_child(&entry, *n)).expect("a child of the story");
            known.insert((agency.clone(), id), n);
        }
    }
    known
}

/// The last day for the conference is the same on both sides: fifteen days from Monday to Friday, in weeks without a bank holiday.
async fn clocks_run_on_working_days(world: &Arc<World>) {
    for council in world.councils() {
        for line in lines(council).await.expect("a node that is up") {
            let due = line.due.map(|due| due.day);
            let (_, at) = line.offered.expect("an offer");
            let expected = (line.state == State::Offered).then(|| fifteen_working_days(today(at)));
            assert_eq!(due, expected);
        }
    }
}

fn fifteen_working_days(from: Date) -> Date {
    let weekday = |day: &Date| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    let days = std::iter::successors(Some(from), |day| day.tomorrow().ok());
    days.skip(1).filter(weekday).nth(14).expect("a day")
}

/// Whoever stands on a register is told to be, and being handed over where that is so.
async fn nurses_are_told(world: &Arc<World>) {
    for n in 0..CHILDREN {
        let stands: Vec<_> = world.councils().iter().flat_map(|host| in_force(host, n)).collect();
        let told = answer(world, n).await.expect("a node that is up");
        let CheckAnswer::OnRegister { hits } = told else {
            assert!(stands.is_empty(), "child {n} stands on a register: {told:?}");
            continue;
        };
        for entry in stands {
            let hit = hits.iter().find(|hit| hit.entry.id == entry.id).expect("the entry");
            assert_eq!(hit.entry.handing_over, entry.handing_over);
        }
    }
    let being_offered = world.councils().iter().flat_map(|council| {
        let entries = registers::entries(council);
        let offered = kept(council).into_values().filter(|item| {
            item.side == Side::Giver && matches!(item.state(), State::Offered | State::Conflict)
        });
        offered.map(move |item| {
            let entry = &entries[&item.offer().unwrap().register_entry];
            let next = entry.successor.as_ref().and_then(|next| entries.get(next));
            next.unwrap_or(entry).clone()
        })
    });
    for entry in being_offered.filter(|entry| entry.end.is_none()) {
        let handing = entry.handing_over.as_ref();
        assert!(handing.is_some_and(|handing| handing.accepted.is_none()), "{entry:?}");
    }
}
