//! What must be true when everything has come to rest.

use std::{collections::BTreeMap, sync::Arc};

use kinfold_domain::EntryId;
use kinfold_ledger::verify_media;
use kinfold_service::{
    department::{AttendanceId, AttendanceStep, StepKind},
    records::{AskKind, Entry},
    register::project,
    testing::ledger_keys,
};

use crate::{
    concerned::{the_board_is_right, whom_it_concerns_was_told},
    happened::What,
    hospital::kept,
    visits::{Visit, visits},
    world::World,
};

/// Both ledgers, and who reads them.
struct Ledgers {
    council: Vec<Entry>,
    trust: Vec<Entry>,
}

/// All of it.
pub(crate) async fn everything(world: &Arc<World>) {
    let ledgers = read(world);
    every_message_had_its_effect_once(world);
    let steps = every_step_was_told_once_and_in_order(world, &ledgers);
    every_deed_was_done_once(world, &steps, &ledgers);
    every_answer_came_back_once(world, &ledgers);
    every_look_and_correction_was_told_once(world, &ledgers);
    the_replica_is_the_register(world);
    whom_it_concerns_was_told(world, &steps);
    if world.chance.one_in(4) {
        ledgers_verify(world);
    }
    the_board_is_right(world, &steps).await;
}

fn read(world: &World) -> Ledgers {
    let [council, trust] = [world.council(), world.trust()].map(|host| {
        let node = host.node().expect("a node that is up");
        let mut durable = host.durable.lock();
        durable.read(&node.journal);
        durable.entries.clone()
    });
    Ledgers { council, trust }
}

/// Every message that was acknowledged is kept once, in its sender's order; and the attendances are those that the messages tell of.
fn every_message_had_its_effect_once(world: &World) {
    let kept_messages = world.trust().ground().work.messages();
    let happened = world.happened.lock();
    for sender in ["pas", "triage"] {
        let sent: Vec<_> = happened.sent.iter().filter(|sent| sent.sender == sender).collect();
        assert!(sent.iter().all(|sent| sent.acknowledged));
        let sent: Vec<_> = sent.iter().map(|sent| &sent.control_id).collect();
        let kept = kept_messages.iter().filter(|kept| kept.sender == sender);
        assert_eq!(kept.map(|kept| &kept.control_id).collect::<Vec<_>>(), sent, "kept of {sender}");
    }
    let (movements, broken) = kept(world);
    let broken_sent = happened.sent.iter().filter(|sent| sent.movement.is_none()).count();
    assert_eq!(broken, broken_sent, "work for somebody");
    let expected = visits(movements.iter().map(|(sender, movement)| (sender.as_str(), movement)));
    let mut here = world.trust().ground().work.here();
    here.sort_by_key(|attendance| attendance.arrived);
    let found: Vec<Visit> = here.iter().filter_map(Visit::of).collect();
    assert!(found == expected, "the attendances are\n{found:#?}\nnot\n{expected:#?}");
}

/// Each attendance's steps, as the ledger has them.
pub(crate) type Steps = BTreeMap<AttendanceId, Vec<AttendanceStep>>;

/// Each step has one content however often it is recorded; the store has as many as the ledger; and the council has those that concern
/// it, once each, in order.
fn every_step_was_told_once_and_in_order(world: &World, ledgers: &Ledgers) -> Steps {
    let mut steps = Steps::new();
    for entry in &ledgers.trust {
        let Entry::Attendance(step) = entry else { continue };
        let known = steps.entry(step.attendance).or_default();
        if let Some(other) = known.iter().find(|other| other.number == step.number) {
            assert!(other == &**step, "two steps of one number:\n{other:?}\n{step:?}");
        } else {
            assert_eq!(step.number as usize, known.len(), "a step is missing before {step:?}");
            known.push((**step).clone());
        }
    }
    let ground = world.trust().ground();
    let here: BTreeMap<_, _> = ground.work.here().into_iter().map(|a| (a.id, a)).collect();
    assert!(steps.keys().all(|id| here.contains_key(id)), "the store lacks an attendance");
    for (id, attendance) in &here {
        let recorded = steps.get(id).map_or(0, Vec::len);
        assert_eq!(attendance.steps as usize, recorded, "the store's steps of {}", id.0);
    }
    let council = &world.council().ground().agency.id;
    let concern = |step: &AttendanceStep| step.concerns.contains_key(council);
    let mut told: Steps = steps.clone();
    for steps in told.values_mut() {
        steps.retain(concern);
    }
    told.retain(|_, steps| !steps.is_empty());
    let heard = world.council().ground().work.heard();
    let heard: Steps = heard.into_iter().map(|known| (known.attendance, known.steps)).collect();
    assert!(heard == told, "the council heard\n{heard:#?}\nnot\n{told:#?}");
    steps
}

/// What somebody was told was done was done once; what they got no answer to at most once.
fn every_deed_was_done_once(world: &World, steps: &Steps, ledgers: &Ledgers) {
    for deed in &world.happened.lock().deeds {
        let by_them = |step: &&AttendanceStep| step.by.user_name.as_str() == deed.by;
        let all = || steps.values().flatten().filter(by_them);
        let (times, fewest) = match &deed.what {
            What::Outcome(id, outcome) => {
                let said_before = steps.get(id).is_some_and(|steps| {
                    steps.iter().any(|step| step.what == StepKind::from(*outcome))
                });
                (all().count(), usize::from(!said_before))
            }
            What::ByHand(_, outcome) => {
                let what = StepKind::from(*outcome);
                (all().filter(|step| step.what == what).count(), 1)
            }
            What::Answered(_) => {
                let theirs = |entry: &&Entry| {
                    matches!(entry, Entry::AttendanceAcknowledged { acknowledged, .. }
                        if acknowledged.by.user_name.as_str() == deed.by)
                };
                // Somebody else may have answered first; what was cut short may stand twice, the same.
                let mut given: Vec<_> = ledgers.council.iter().filter(theirs).collect();
                given.dedup();
                (given.len(), 0)
            }
            What::Wrong(_) => {
                let theirs = |entry: &&Entry| matches!(entry, Entry::Correction(c) if c.by.user_name.as_str() == deed.by);
                (ledgers.trust.iter().filter(theirs).count(), 1)
            }
        };
        let fewest = if deed.done == Some(true) { fewest } else { 0 };
        assert!((fewest..=1).contains(&times), "{deed:?} was done {times} times");
        if deed.done == Some(false) {
            assert_eq!(times, 0, "{deed:?} was refused, and done");
        }
    }
}

/// Who answered at the council stands on the attendance here, once; and as the council has it.
fn every_answer_came_back_once(world: &World, ledgers: &Ledgers) {
    let here = world.trust().ground().work.here();
    for attendance in &here {
        let mut given: Vec<_> = ledgers
            .council
            .iter()
            .filter_map(|entry| match entry {
                Entry::AttendanceAcknowledged { acknowledged, .. }
                    if acknowledged.attendance == attendance.id =>
                {
                    Some(&**acknowledged)
                }
                _ => None,
            })
            .collect();
        given.dedup();
        assert!(given.len() <= 1, "the first word counts: {given:?}");
        let came: Vec<_> = attendance.acknowledged.iter().collect();
        assert!(came == given, "{came:?} came back of {given:?}");
        let heard = world.council().ground().work.heard();
        let heard = heard.iter().find(|heard| heard.attendance == attendance.id);
        let kept = heard.and_then(|heard| heard.acknowledged.as_ref());
        assert_eq!(kept, given.first().copied(), "what the council keeps");
    }
}

fn every_look_and_correction_was_told_once(world: &World, ledgers: &Ledgers) {
    let council = &world.council().ground().agency.id;
    let told = |shown: &kinfold_service::records::Shown| match shown.kind {
        AskKind::Check => shown.shown.contains_key(council),
        _ => shown.about.entries.iter().any(|(owner, _)| owner == council),
    };
    let mut looks = BTreeMap::new();
    for entry in &ledgers.trust {
        if let Entry::Receipt(shown) = entry
            && told(shown)
        {
            let entries: Vec<&EntryId> = shown.about.entries.iter().map(|(_, e)| e).collect();
            let look = (&shown.asker, &shown.answer, entries);
            assert!(looks.insert((shown.ask, shown.at), look).is_none(), "one receipt of a look");
        }
    }
    let mut heard = BTreeMap::new();
    for entry in &ledgers.council {
        if let Entry::ReplicaLook(look) = entry {
            let what = (&look.asker, &look.answer, look.entries.iter().collect::<Vec<_>>());
            let before = heard.insert((look.ask, look.at), what.clone());
            assert!(before.is_none_or(|before| before == what), "a look told in two ways");
        }
    }
    assert!(heard == looks, "the council knows {} of {} looks", heard.len(), looks.len());
    let said: Vec<_> = ledgers
        .trust
        .iter()
        .filter_map(|entry| match entry {
            Entry::Correction(correction) => Some(correction.id),
            _ => None,
        })
        .collect();
    let mut kept: Vec<_> =
        world.council().ground().work.corrections().iter().map(|c| c.correction.id).collect();
    let mut sorted = said.clone();
    sorted.sort_unstable();
    kept.sort_unstable();
    assert_eq!(kept, sorted, "corrections");
}

/// The trust's copy is the council's list as the agreement lets the trust see it.
fn the_replica_is_the_register(world: &World) {
    let [council, trust] = [world.council(), world.trust()].map(|host| host.ground());
    let (owner, reader) = (&council.agency.id, &trust.agency.id);
    let (mut own, mut copy) = (Vec::new(), Vec::new());
    council.registers.tamper(owner, |changes| own.clone_from(changes));
    trust.registers.tamper(owner, |changes| copy.clone_from(changes));
    let held = council.around.agreement.clone().unwrap();
    for stored in &mut own {
        stored.change.reason = None;
        let may = |category| held.permits_any(reader, owner, category);
        stored.change.entry = project(&stored.change.entry, may);
    }
    assert!(own == copy, "the replica is another list than the register");
    let mut latest = BTreeMap::new();
    for stored in own {
        latest.insert(stored.change.entry.id.clone(), stored.change.entry);
    }
    let case_system = world.case_system.lock();
    assert_eq!(latest.len(), case_system.now().len(), "entries of the register");
    for plan in case_system.now() {
        let entry = &latest[&plan.id];
        let same = (entry.end, entry.previous_plans) == (plan.end, plan.previous_plans);
        assert!(same, "{} is not as the case system has it", plan.id);
    }
}

pub(crate) fn ledgers_verify(world: &World) {
    for host in world.hosts() {
        let (ground, keys) = (host.ground(), ledger_keys(host.name));
        let verifier = [keys.signing.verifier().clone()];
        let report = verify_media(&ground.media, &verifier, Some(&keys.body), &mut |_| {}).unwrap();
        assert!(report.is_sound(), "{}: {:?}", host.name, report.findings());
    }
}
