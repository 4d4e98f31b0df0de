use std::os::unix::fs::PermissionsExt;

use super::*;

/// A folder with a key of that byte.
fn folder() -> (tempfile::TempDir, KeyFolder) {
    let place = tempfile::tempdir().unwrap();
    let keys = KeyFolder { path: place.path().to_owned(), module: None };
    keys.put(KEY, &hex::encode([3; 32])).unwrap();
    (place, keys)
}

fn key(byte: u8) -> StoreKey {
    StoreKey::from(Box::new([byte; 32]))
}

/// The newest key and the one before it, by their bytes.
fn read(keys: &KeyFolder) -> (u8, Option<u8>) {
    let before = keys.seeds_before().unwrap();
    (keys.bytes("seeds").unwrap()[0], before.map(|key| key.expose_secret()[0]))
}

#[test]
fn a_replacement_leaves_two_keys_that_only_the_owner_reads_and_its_end_one() {
    let (place, keys) = folder();
    keys.replace_seeds(&key(4), Lies::File).unwrap();
    assert_eq!(read(&keys), (4, Some(3)));
    for file in fs::read_dir(place.path()).unwrap() {
        assert_eq!(file.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    let error = keys.replace_seeds(&key(5), Lies::File).unwrap_err();
    assert!(error.to_string().contains("being replaced already"));
    assert_eq!(read(&keys), (4, Some(3)));
    keys.destroy_old_seeds().unwrap();
    assert_eq!(read(&keys), (4, None));
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
}

#[test]
fn a_crash_between_any_two_steps_leaves_the_keys_that_are_needed() {
    // In the middle of the old key's copy.
    let (place, keys) = folder();
    fs::write(place.path().join("seeds.key.old.part"), "0303").unwrap();
    assert_eq!(read(&keys), (3, None));
    // After it.
    keys.keep_old().unwrap();
    assert_eq!(read(&keys), (3, None));
    // In the middle of the new key's file: nothing was sealed under it.
    keys.keep_old().unwrap();
    fs::write(place.path().join("seeds.key.part"), "0404").unwrap();
    assert_eq!(read(&keys), (3, None));
    assert_eq!(
        fs::read_dir(place.path()).unwrap().count(),
        1,
        "what had not begun is cleared away"
    );
    // After it, and again after a replacement that was taken up anew.
    keys.replace_seeds(&key(4), Lies::File).unwrap();
    assert_eq!(read(&keys), (4, Some(3)));
    assert_eq!(read(&keys), (4, Some(3)));
    // The removal was not durable: the old key is there once more.
    keys.destroy_old_seeds().unwrap();
    keys.put(OLD, &hex::encode([3; 32])).unwrap();
    assert_eq!(read(&keys), (4, Some(3)));
}

#[test]
fn an_encrypted_key_is_known_by_its_file_and_needs_the_module() {
    let (_place, keys) = folder();
    assert_eq!(keys.seeds_lie().unwrap(), Lies::File);
    let error = keys.replace_seeds(&key(4), Lies::Pkcs11).unwrap_err();
    assert!(error.to_string().contains("[keys] pkcs11"));
    assert_eq!(read(&keys), (3, None));
    let text = "pkcs11:1:00ff:a label: with colons";
    assert_eq!(Wrapped::parse(text).unwrap().unwrap().text(), text);
    keys.put(KEY, text).unwrap();
    assert_eq!(keys.seeds_lie().unwrap(), Lies::Pkcs11);
    let error = format!("{:#}", keys.bytes("seeds").unwrap_err());
    assert!(
        error.contains("see that the module answers") && error.contains("[keys] pkcs11"),
        "{error}"
    );
}
