//! Nothing about a person, and no secret, stands in the files in plain.

use std::fs;
use std::path::PathBuf;

use kinfold_domain::Person;
use kinfold_service::ports::{
    AmendmentStore, Cursor, LinkStore, PasskeyStore, PeopleStore, RegisterStore, Rejected,
    SheetStore, SourceProgress, StaffStore,
};
use kinfold_token::{EmergencyAttempt, EmergencyOutcome, PinVerdict, Standing};

use crate::Store;
use crate::testing::{
    SEED, account, amendment, at, burn, change, emergency_codes, link, passkey, person, session,
    sheet, store, token,
};

const PLANTED: [&str; 17] = [
    "planted.nurse@trust.example",
    "PlantedSurname",
    "9990000018",
    "999 000 0018",
    "2019-03-31",
    "Synthetic Street",
    "ZZ99 3VZ",
    "ZZ993VZ",
    "HOSP-4711",
    "Nurse Testperson",
    "argon2id",
    "planted head",
    "planted reason",
    "a planted token seed of 32 bytes",
    "Planted blue key",
    "10.20.30.40",
    "planted-787807429511",
];

async fn store_everything(store: &Store) {
    let people: Vec<Person> = vec![person("HOSP-4711", "PlantedSurname"), person("2", "Other")];
    let rejected = Rejected {
        category: None,
        record: "HOSP-4711".into(),
        loaded: false,
        problem: "no birth date".into(),
    };
    let cursor = Some(Cursor("after=HOSP-4711".into()));
    let progress = SourceProgress { cursor, swept: None, answered: None };
    store.save_page("pas", &people, &[], &[rejected], &progress).await.unwrap();
    let council = "ashmoor-council".parse().unwrap();
    store.append(&council, &[change(0, "PlantedSurname")]).await.unwrap();
    store.save_head(&council, "planted head").await.unwrap();
    store.amend(&[amendment("cpp-4711", false)], &[]).await.unwrap();
    let nurse = account(1, "t.nurse");
    store.add_account(&nurse).await.unwrap();
    let email = "planted.nurse@trust.example".parse().unwrap();
    let change = kinfold_service::ports::AccountChange::Email(Some(email));
    assert!(store.change_account(nurse.employee.id, &change).await.unwrap());
    let token = token(1, nurse.employee.id, Standing::InUse);
    store.add_token(&token).await.unwrap();
    let session = session(9, nurse.employee.id);
    assert!(store.open_session(burn(&token, 0, 8), &session).await.unwrap());
    store.add_passkey(&passkey(2, nurse.employee.id)).await.unwrap();
    store.add_link(&link(41, nurse.employee.id)).await.unwrap();
    let fresh = sheet(42, nurse.employee.id);
    assert!(store.put_sheet(&fresh, None).await.unwrap());
    let [code, ..] = emergency_codes();
    let attempt = EmergencyAttempt { code: &code, pin: PinVerdict::Right, now: at(9) };
    let EmergencyOutcome::Accepted { sheet } = fresh.sheet.check(&attempt) else { panic!() };
    let by_code = crate::testing::session(8, nurse.employee.id);
    let spent = kinfold_service::ports::SheetRow { sheet, ..fresh };
    assert!(store.open_session_by_sheet(&spent, &by_code).await.unwrap());
}

fn found(files: &[PathBuf]) -> Vec<String> {
    let mut needles: Vec<Vec<u8>> = PLANTED.iter().map(|text| text.as_bytes().to_vec()).collect();
    // Keys, and the seed as JSON or hexadecimal text would write it.
    needles.extend([[1; 32], [2; 32], [3; 32]].map(|key| key.to_vec()));
    needles.push(SEED.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect());
    needles.push(format!("{:?}", &SEED[..8]).replace(' ', "").into_bytes());
    // Emergency codes as they are printed, typed and counted with.
    for code in emergency_codes() {
        let bare = code.expose().replace(' ', "");
        needles.push(bare.parse::<u128>().unwrap().to_be_bytes()[7..].to_vec());
        needles.extend([code.expose().as_bytes().to_vec(), bare.into_bytes()]);
    }
    let mut found = Vec::new();
    for path in files {
        let bytes = fs::read(path).unwrap().to_ascii_lowercase();
        for needle in &needles {
            let needle = needle.to_ascii_lowercase();
            if bytes.windows(needle.len()).any(|window| window == needle) {
                found.push(format!("{}: {}", path.display(), String::from_utf8_lossy(&needle)));
            }
        }
    }
    found
}

#[tokio::test]
async fn no_personal_value_and_no_secret_stands_in_the_files() {
    let (place, store) = store().await;
    store_everything(&store).await;
    let files = place.files().await;
    let sizes = files.iter().map(|file| fs::metadata(file).unwrap().len());
    assert!(sizes.sum::<u64>() > 8192);
    assert_eq!(found(&files), Vec::<String>::new(), "while the store is open");
    store.close().await;
    assert_eq!(found(&place.files().await), Vec::<String>::new(), "after it was closed");

    // The search itself finds what is there.
    let folder = tempfile::tempdir().unwrap();
    let probe = folder.path().join("probe");
    fs::write(&probe, "xx PlantedSurname xx").unwrap();
    assert_eq!(found(&[probe]).len(), 1);
}
