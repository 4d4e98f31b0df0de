//! A folder of extracts, with real files: when one is taken, how it is answered, and what is never taken.

use std::{
    fs::{self, File},
    path::Path,
    sync::Arc,
    time::SystemTime,
};

use jiff::{SignedDuration, Timestamp};
use kinfold_connect::files::{FilesConfig, FilesSource};
use kinfold_domain::RegisterPhones;
use kinfold_service::{
    pooled_view::SealedDeskTerms,
    ports::{Clock, KeptRegister, SourceError, SourceSystem},
    register::ExtractTerms,
};
use parking_lot::Mutex;
use tempfile::TempDir;

struct Hand(Mutex<Timestamp>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock()
    }
}

/// A folder, and a clock to turn by hand.
struct Drop {
    folder: TempDir,
    clock: Arc<Hand>,
}

fn start() -> Timestamp {
    "2026-11-01T12:00:00Z".parse().unwrap()
}

impl Drop {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap(), clock: Arc::new(Hand(Mutex::new(start()))) }
    }

    /// The source, as a node that starts now opens it.
    fn source(&self) -> FilesSource {
        let ring: kinfold_domain::Telephone = "01632 960001".parse().unwrap();
        let terms = ExtractTerms {
            source: "case-system".to_owned(),
            phones: RegisterPhones { office: ring.clone(), emergency_duty_team: ring.clone() },
            sealed_desk: SealedDeskTerms {
                desk: "Safeguarding desk".to_owned(),
                telephone: ring,
                reference_key: [1; 32],
            },
            reference_key: [2; 32],
        };
        let settings = format!("folder = '{}'", self.folder.path().display());
        let config: FilesConfig = toml(&settings);
        FilesSource::new("case-system", config, terms, Arc::clone(&self.clock) as _).unwrap()
    }

    /// Puts a file there whose own time is so many seconds from the start.
    fn put(&self, name: &str, text: &str, seconds: i64) {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        stamp(&path, seconds);
    }

    fn answer(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(format!("{name}.answer.csv")))
            .unwrap_or_default()
    }

    fn pass(&self, seconds: i64) {
        *self.clock.0.lock() += SignedDuration::from_secs(seconds);
    }
}

fn toml(text: &str) -> FilesConfig {
    toml::from_str(text).unwrap()
}

fn stamp(path: &Path, seconds: i64) {
    let at = SystemTime::from(start() + SignedDuration::from_secs(seconds));
    File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
}

const HEADER: &str = "nhs_number,plan_type,start_date,given_names,family_name,birth_date";

fn extract(numbers: &[&str]) -> String {
    let rows: Vec<String> = numbers
        .iter()
        .map(|number| format!("{number},CPP,2026-05-01,Iseult,Garrowby,2019-03-02\n"))
        .collect();
    format!("{HEADER}\n{}END,{}\n", rows.concat(), rows.len())
}

async fn register(source: &FilesSource) -> Result<KeptRegister, SourceError> {
    source.register().await.map(Option::unwrap)
}

const ONE: &str = "9990000018";
const TWO: &str = "9990000026";

#[tokio::test]
async fn a_file_is_taken_once_it_lies_still_and_answered_beside_it() {
    let drop = Drop::new();
    let source = drop.source();
    assert!(register(&source).await.is_err(), "nothing lies there");
    drop.put("monday.csv", &extract(&[ONE, "999000001"]), 0);
    assert!(register(&source).await.is_err(), "it was written just now");
    assert_eq!(drop.answer("monday.csv"), "");
    drop.pass(10);

    let kept = register(&source).await.unwrap();
    assert_eq!((kept.entries.len(), kept.rejected.len()), (2, 1));
    assert_eq!(kept.extract.unwrap().as_at.0, start(), "it says what was so when it was written");
    let answer = drop.answer("monday.csv");
    for told in ["file,CPF03,part loaded", "2,CPR06,loaded", "3,CPR04,old-format number"] {
        assert!(answer.contains(told), "{told} in {answer}");
    }
    assert!(!answer.contains("Garrowby") && !answer.contains(ONE), "it names no child");
    drop.pass(3600);
    assert_eq!(register(&source).await.unwrap().extract, kept.extract, "it ages");
}

#[tokio::test]
async fn a_file_whose_time_another_clock_wrote_is_watched_until_it_lies_still() {
    let drop = Drop::new();
    let source = drop.source();
    drop.put("monday.csv", &extract(&[ONE]), 7200);
    assert!(register(&source).await.is_err());
    drop.pass(9);
    drop.put("monday.csv", &extract(&[ONE, TWO]), 7201);
    assert!(register(&source).await.is_err(), "it grew");
    drop.pass(10);
    let kept = register(&source).await.unwrap();
    assert_eq!(kept.entries.len(), 2);
    assert_eq!(kept.extract.unwrap().as_at.0, drop.clock.now(), "never younger than its taking");
    drop.pass(60);
    assert_eq!(register(&source).await.unwrap().extract, kept.extract);
}

#[tokio::test]
async fn a_part_of_a_file_is_never_taken_and_is_told_until_a_whole_one_comes() {
    let drop = Drop::new();
    let source = drop.source();
    drop.put("monday.csv", &extract(&[ONE]), -60);
    register(&source).await.unwrap();
    let cut = extract(&[ONE, TWO]).replace("END,2\n", "");
    drop.put("tuesday.csv", &cut, -30);
    for _ in 0..2 {
        let refused = register(&source).await.unwrap_err();
        assert!(matches!(&refused, SourceError::Garbled(why) if why.contains("END")), "{refused}");
    }
    assert!(drop.answer("tuesday.csv").contains("file,CPF01,corrupt"));
    assert!(register(&drop.source()).await.is_err(), "after a restart, too");
    drop.put("tuesday.csv", &extract(&[ONE, TWO]), -20);
    assert_eq!(register(&source).await.unwrap().entries.len(), 2);
    assert!(drop.answer("tuesday.csv").contains("file,CPF02,loaded"));

    for (name, bytes) in [("binary.csv", vec![0xff, 0xfe]), ("empty.csv", Vec::new())] {
        fs::write(drop.folder.path().join(name), bytes).unwrap();
        stamp(&drop.folder.path().join(name), -15);
        assert!(register(&source).await.is_err(), "{name}");
        fs::remove_file(drop.folder.path().join(name)).unwrap();
    }
}

#[tokio::test]
async fn a_file_that_was_taken_is_not_taken_again_after_a_restart() {
    let drop = Drop::new();
    drop.put("register.csv", &extract(&[ONE]), -60);
    let before = register(&drop.source()).await.unwrap();
    let answer = drop.answer("register.csv");
    drop.pass(600);
    let after = register(&drop.source()).await.unwrap();
    assert_eq!(after.extract, before.extract);
    assert_eq!(after.entries, before.entries, "under the same references");
    assert_eq!(drop.answer("register.csv"), answer, "answered once");
    drop.put("register.csv", &extract(&[TWO]), 500);
    let next = register(&drop.source()).await.unwrap();
    assert_ne!(next.entries, before.entries, "another file of the same name is taken");
    assert_ne!(drop.answer("register.csv"), answer);
}

#[tokio::test]
async fn an_older_extract_takes_nobodys_place() {
    let drop = Drop::new();
    let source = drop.source();
    drop.put("sunday.csv", &extract(&[]), -600);
    drop.put("monday.csv", &extract(&[ONE]), -60);
    assert_eq!(register(&source).await.unwrap().entries.len(), 1);
    assert!(drop.answer("sunday.csv").contains("a newer extract lay beside it"));
    drop.put("tuesday.csv", &extract(&[ONE, TWO]), -30);
    assert_eq!(register(&source).await.unwrap().entries.len(), 2);
    stamp(&drop.folder.path().join("monday.csv"), -12);
    for source in [&source, &drop.source()] {
        let kept = register(source).await.unwrap();
        assert_eq!(kept.entries.len(), 2, "somebody touched yesterday's");
    }
    fs::remove_file(drop.folder.path().join("tuesday.csv")).unwrap();
    for source in [&source, &drop.source()] {
        let gone = register(source).await.unwrap_err();
        assert!(gone.to_string().contains("gone"), "{gone}: yesterday's is not the register");
    }
}

#[tokio::test]
async fn what_others_put_into_the_folder_is_left_alone() {
    let drop = Drop::new();
    drop.put("monday.csv", &extract(&[ONE]), -60);
    drop.put(".tuesday.csv", "half", -30);
    drop.put("tuesday.csv.part", "half", -30);
    drop.put("readme.txt", "hello", -30);
    fs::create_dir(drop.folder.path().join("old.csv")).unwrap();
    assert_eq!(register(&drop.source()).await.unwrap().entries.len(), 1);
}

#[tokio::test]
async fn a_folder_that_can_not_be_used_is_said_by_the_check_and_by_every_reading() {
    let drop = Drop::new();
    let checked = drop.source().check().await.unwrap();
    assert!(checked.keeps_register && checked.notes[0].contains("no extract"));
    drop.put("monday.csv", &extract(&[ONE, "12"]), -60);
    let checked = drop.source().check().await.unwrap();
    assert!(checked.notes[0].contains("2 rows, 1 to mend"), "{:?}", checked.notes);
    assert_eq!(drop.answer("monday.csv"), "", "a check takes nothing");
    drop.put("tuesday.csv", "half", -30);
    let unusable = drop.source().check().await.unwrap_err();
    assert!(unusable.no_answer, "the next extract may be right: {unusable}");
    let source = drop.source();
    fs::remove_dir_all(drop.folder.path()).unwrap();
    assert!(source.check().await.is_err());
    let unread = register(&source).await.unwrap_err();
    assert!(unread.to_string().contains("its folder can't be read"), "{unread}");
    assert!(source.people(None).await.is_err());
}
