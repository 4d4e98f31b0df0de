//! The walls between the crates: who may use whom, and which outside library stays in which room.

use std::collections::{BTreeMap, BTreeSet};

use crate::shell::{Outcome, cargo, output};

/// `A → B…`: A may use B, and whatever B may use. Nothing runs back.
///
/// `kinfold` (the program) and `kinfold-tests` (whole stories) may use every crate; `xtask` uses none.
const ARROWS: [(&str, &[&str]); 20] = [
    ("note", &[]),
    ("radius", &[]),
    ("domain", &[]),
    ("ledger", &["note"]),
    ("tls", &["note"]),
    ("passkey", &[]),
    ("oidc", &[]),
    ("token", &["domain"]),
    ("token-file", &["token"]),
    ("matching", &["domain"]),
    ("wire", &["domain"]),
    ("agreement", &["domain", "note"]),
    (
        "service",
        &[
            "domain",
            "matching",
            "token",
            "token-file",
            "passkey",
            "oidc",
            "ledger",
            "agreement",
            "note",
        ],
    ),
    ("store", &["service"]),
    ("store-sqlite", &["store"]),
    ("store-postgres", &["store"]),
    ("temporary-postgres", &[]),
    ("connect", &["service", "wire", "tls", "radius", "oidc"]),
    ("http", &["service", "wire", "tls"]),
    ("sample", &["domain"]),
];

/// `library: rooms`: only these crates may name the library themselves, so that SQL stays in the store and in the
/// connectors, the web framework at the surface, and the policy engine with the agreement.
const ROOMS: [(&str, &[&str]); 7] = [
    ("sqlx", &["store-sqlite", "store-postgres", "connect", "sample"]),
    ("axum", &["http", "sample", "kinfold"]),
    ("minijinja", &["http"]),
    ("cedar-policy", &["agreement"]),
    ("clap", &["kinfold"]),
    ("webauthn-rs", &["passkey"]),
    ("openidconnect", &["oidc"]),
];

/// The crates whose rules are pure: no run-time, no network, no database may enter, however deep.
const PURE: [&str; 12] = [
    "note",
    "domain",
    "passkey",
    "oidc",
    "radius",
    "token",
    "token-file",
    "matching",
    "wire",
    "agreement",
    "ledger",
    "tls",
];
const IMPURE: [&str; 5] = ["tokio", "sqlx", "axum", "reqwest", "hyper"];

/// Checks every direct dependency of every crate of the workspace.
pub(crate) fn check() -> Outcome {
    let tree = |extra: &[&str]| {
        let args =
            ["tree", "--quiet", "--no-dedupe", "--edges", "normal,build", "--prefix", "depth"];
        output(cargo(args.iter().chain(extra)))
    };
    let direct = tree(&["--workspace", "--depth", "1"])?;
    let mut breaches: Vec<String> = parse_tree(&direct)
        .iter()
        .flat_map(|(name, uses)| uses.iter().filter_map(|used| breach(name, used)))
        .collect();

    for name in PURE {
        let all = tree(&["--package", &format!("kinfold-{name}")])?;
        let found = all.lines().filter_map(package).map(|(_, package)| package);
        let found: BTreeSet<&str> = found.filter(|package| IMPURE.contains(package)).collect();
        breaches
            .extend(found.iter().map(|used| format!("{name} must stay pure but reaches {used}")));
    }
    if breaches.is_empty() { Ok(()) } else { Err(breaches.join("; ")) }
}

/// What is wrong with one crate's use of another, if anything.
fn breach(name: &str, used: &str) -> Option<String> {
    let room = room(name);
    if let Some((_, rooms)) = ROOMS.iter().find(|(library, _)| *library == used) {
        let free = room == "tests";
        return (!free && !rooms.contains(&room)).then(|| format!("{room} may not use {used}"));
    }
    let sibling = used.strip_prefix("kinfold-")?;
    let allowed = match room {
        "kinfold" | "tests" => true,
        _ => reach(room).contains(sibling),
    };
    (!allowed).then(|| format!("{room} may not use {sibling}"))
}

/// Everything that a crate may use, directly or through what it uses.
fn reach(room: &str) -> BTreeSet<&'static str> {
    let arrows = ARROWS.iter().find(|(name, _)| *name == room).map_or(&[][..], |(_, uses)| uses);
    arrows.iter().flat_map(|used| reach(used).into_iter().chain([*used])).collect()
}

fn room(package: &str) -> &str {
    package.strip_prefix("kinfold-").unwrap_or(package)
}

/// `cargo tree --prefix depth --depth 1` as a map from each member to what it uses.
fn parse_tree(text: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut uses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut member = "";
    for (depth, name) in text.lines().filter_map(package) {
        if depth == "0" {
            member = name;
            uses.entry(member).or_default();
        } else {
            uses.entry(member).or_default().insert(name);
        }
    }
    uses
}

/// `1serde v1.0.0 (…)` as `("1", "serde")`.
fn package(line: &str) -> Option<(&str, &str)> {
    let name_at = line.find(|c: char| !c.is_ascii_digit())?;
    let (depth, rest) = line.split_at(name_at);
    Some((depth, rest.split(' ').next()?)).filter(|(depth, _)| !depth.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_workspace_keeps_its_walls() {
        check().unwrap();
    }

    #[test]
    fn the_store_and_the_http_surface_never_meet() {
        assert!(breach("kinfold-store", "kinfold-http").is_some());
        assert!(breach("kinfold-http", "kinfold-store").is_some());
        assert!(breach("kinfold-store-sqlite", "kinfold-store-postgres").is_some());
    }

    #[test]
    fn a_crate_may_use_what_its_own_crates_may_use() {
        assert_eq!(breach("kinfold-http", "kinfold-domain"), None);
        assert!(breach("kinfold-domain", "kinfold-service").is_some());
    }

    #[test]
    fn sql_stays_out_of_the_pages() {
        assert!(breach("kinfold-http", "sqlx").is_some());
        assert_eq!(breach("kinfold-store-sqlite", "sqlx"), None);
    }

    #[test]
    fn the_tree_is_read_by_its_depths() {
        let text = "0kinfold-http v0.1.0 (/x)\n1axum v0.8.9\n1kinfold-domain v0.1.0 (/y) (*)\n\n0xtask v0.1.0";
        let tree = parse_tree(text);
        assert_eq!(tree["kinfold-http"], BTreeSet::from(["axum", "kinfold-domain"]));
        assert!(tree["xtask"].is_empty());
    }
}
