//! Tokens: codes verified, people signed in, and a vendor's file taken into stock.

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use jiff::Timestamp;
use kinfold_domain::{Employee, EmployeeId, Personal};
use kinfold_service::ports::{AccountRow, Burn, StaffStore, TokenId, TokenRow};
use kinfold_store::{StoreKey, StoreKeys};
use kinfold_store_sqlite::Store;
use kinfold_token::{
    Attempt, Code, Digits, Generator, Kind, Outcome, Pin, PinHash, PinVerdict, Profile, Seed,
    Standing, TokenParameters, TokenState,
};
use serde_json::{Value, json};
use tokio::time::sleep;
use uuid::Uuid;

use super::{Terms, block_on_threads, ms, quantile, sorted, stage::Stage};
use crate::{ambient::SystemEntropy, telemetry::complain};

/// Employees who sign in, one after the other.
const EMPLOYEES: usize = 256;
/// Tokens of the vendor's file.
const FOBS: u32 = 200_000;
/// How often the command that imports is looked at.
const LOOK: Duration = Duration::from_millis(20);
const SEED: &[u8] = b"12345678901234567890";

pub(super) fn measure(terms: &Terms) -> anyhow::Result<Value> {
    let lasting = Duration::from_secs(terms.seconds);
    complain("verifying codes");
    let token = Verified::new()?;
    let verify = token.alone(lasting)?;
    let argon = argon(lasting)?;
    let stage = Stage::set(terms, EMPLOYEES)?;
    complain("verifying codes of a token in the store");
    let kept = super::block_on(token.kept(stage.folder(), lasting))?;
    let sign_ins = block_on_threads(async {
        let processes = stage.begin().await?;
        complain("signing in");
        let times = stage.sign_ins(EMPLOYEES).await?;
        processes.stop().await?;
        anyhow::Ok(sorted(times))
    })?;
    complain(&format!("importing {FOBS} fobs"));
    let (import, peak) = block_on_threads(import(&stage.places.config("trust"), stage.folder()))?;
    Ok(json!({
        "verify_per_s": verify.round(),
        "kept_per_s": kept.round(),
        "argon2_p50": ms(argon),
        "sign_in_p50": ms(quantile(&sign_ins, 0.5)),
        "sign_in_p99": ms(quantile(&sign_ins, 0.99)),
        "import_s": (import * 10.0).round() / 10.0,
        "import_per_s": (f64::from(FOBS) / import).round(),
        "import_rss_mb": peak / 1024,
    }))
}

/// A token whose codes are verified, each at a moment of its own.
struct Verified {
    parameters: TokenParameters,
    seed: Seed,
}

impl Verified {
    fn new() -> anyhow::Result<Self> {
        let parameters = TokenParameters { digits: Digits::Eight, ..TokenParameters::default() };
        Ok(Self { parameters, seed: Seed::new(SEED.to_vec())? })
    }

    /// The moment of the n-th code, and the code.
    fn shown(&self, generator: &Generator, n: i64) -> anyhow::Result<(Timestamp, Code)> {
        let step = i64::from(self.parameters.step.seconds());
        let at = Timestamp::from_second(1_800_000_000 + n * step)?;
        Ok((at, generator.code_at(at)))
    }

    /// Codes judged a second, nothing kept.
    fn alone(&self, lasting: Duration) -> anyhow::Result<f64> {
        let generator = Generator::new(&self.seed, self.parameters);
        let codes: Vec<_> =
            (0..200_000).map(|n| self.shown(&generator, n)).collect::<Result<_, _>>()?;
        let (mut took, mut judged) = (Duration::ZERO, 0_u32);
        while took < lasting {
            let (began, mut state) = (Instant::now(), TokenState::default());
            for (at, code) in &codes {
                state = accepted(&state, &generator, code, *at)?;
            }
            took += began.elapsed();
            judged += 200_000;
        }
        Ok(f64::from(judged) / took.as_secs_f64())
    }

    /// Codes judged a second, the token read and its state made durable each time.
    async fn kept(&self, folder: &Path, lasting: Duration) -> anyhow::Result<f64> {
        let key = || StoreKey::from(Box::new([7; 32]));
        let keys = StoreKeys { people: key(), register: key(), seeds: key(), seeds_before: None };
        let path = folder.join("tokens.db");
        let store = Store::open(&path, &keys, Arc::new(SystemEntropy)).await?;
        let employee = EmployeeId(Uuid::from_u128(1));
        store.add_account(&account(employee)?).await?;
        store.add_token(&self.row(employee)?).await?;
        let generator = Generator::new(&self.seed, self.parameters);
        let (began, mut judged) = (Instant::now(), 0_u32);
        while began.elapsed() < lasting {
            let (at, code) = self.shown(&generator, judged.into())?;
            let token = store.token(employee, Standing::InUse).await?.context("no token")?;
            let known = Generator::new(&token.seed, token.parameters);
            let state = accepted(&token.state, &known, &code, at)?;
            let burn = Burn { token: token.id, version: token.version, state, at };
            ensure!(store.save_token(burn).await?, "nobody else writes here");
            judged += 1;
        }
        let rate = f64::from(judged) / began.elapsed().as_secs_f64();
        store.close().await;
        Ok(rate)
    }

    fn row(&self, employee: EmployeeId) -> anyhow::Result<TokenRow> {
        Ok(TokenRow {
            id: TokenId(Uuid::from_u128(2)),
            serial: "BENCH-1".parse()?,
            kind: Kind::Fob,
            employee,
            parameters: self.parameters,
            seed: Seed::new(SEED.to_vec())?,
            state: TokenState::default(),
            standing: Standing::InUse,
            since: Timestamp::UNIX_EPOCH,
            until: None,
            version: 0,
        })
    }
}

fn accepted(
    state: &TokenState,
    generator: &Generator,
    code: &Code,
    now: Timestamp,
) -> anyhow::Result<TokenState> {
    let attempt = Attempt { code, pin: PinVerdict::Right, now, profile: Profile::Standard };
    match state.check(generator, &attempt) {
        Outcome::Accepted { state, .. } => Ok(state),
        _ => bail!("a right code was refused"),
    }
}

fn account(id: EmployeeId) -> anyhow::Result<AccountRow> {
    let employee = Employee {
        id,
        user_name: "measure".parse()?,
        name: Personal::new("Measure".to_owned()),
        job_title: "Nobody".to_owned(),
        agency: "measure".parse()?,
        role: "measure".parse()?,
    };
    let pin = PinHash::hash(&"482915".parse::<Pin>()?.choose()?, [1; 16])?;
    let (given, disabled, profile) = (false, false, Profile::Standard);
    let (changed, reviewed, email) = (None, None, None);
    let (external, withdrawn) = (None, false);
    Ok(AccountRow {
        employee,
        pin,
        given,
        disabled,
        profile,
        changed,
        reviewed,
        email,
        external,
        withdrawn,
    })
}

/// Seconds that judging a PIN takes, the median.
fn argon(lasting: Duration) -> anyhow::Result<f64> {
    let pin = "482915".parse::<Pin>()?;
    let hash = PinHash::hash(&pin.clone().choose()?, [1; 16])?;
    let (began, mut times) = (Instant::now(), Vec::new());
    while began.elapsed() < lasting / 4 || times.len() < 16 {
        let one = Instant::now();
        ensure!(hash.verify(&pin) == PinVerdict::Right, "a right PIN was refused");
        times.push(one.elapsed().as_secs_f64());
    }
    Ok(quantile(&sorted(times), 0.5))
}

/// Seconds of the whole command, and the most memory that it took, in KiB.
async fn import(config: &Path, folder: &Path) -> anyhow::Result<(f64, u64)> {
    let file = folder.join("fobs.csv");
    let mut text = String::from("serial,secret\n");
    for fob in 0..FOBS {
        writeln!(text, "BENCH-{fob:06},{fob:040x}")?;
    }
    fs::write(&file, text)?;
    let began = Instant::now();
    let mut child = Command::new(std::env::current_exe()?)
        .args(["token", "import", "--config"])
        .arg(config)
        .arg(&file)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let mut peak = 0;
    loop {
        let status = format!("/proc/{}/status", child.id());
        let text = fs::read_to_string(status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let now = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        peak = peak.max(now.unwrap_or(0));
        if let Some(status) = child.try_wait()? {
            ensure!(status.success(), "the import did not succeed");
            return Ok((began.elapsed().as_secs_f64(), peak));
        }
        sleep(LOOK).await;
    }
}
