//! Our codes beside those of `oathtool`, an independent implementation of RFC 6238.

use std::{io::ErrorKind, process::Command};

use jiff::Timestamp;
use kinfold_token::{Algorithm, Digits, Generator, Seed, Step, StepNumber, TokenParameters};

use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

const SECRETS: usize = 2_000;
/// Successive codes of each secret: one process of `oathtool` prints them all.
const CODES: u64 = 50;

const ALGORITHMS: [Algorithm; 3] = [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512];
const DIGITS: [Digits; 2] = [Digits::Six, Digits::Eight];
const STEPS: [Step; 4] = [Step::Eight, Step::Fifteen, Step::Thirty, Step::Sixty];

/// The codes that `oathtool` shows from `second` on; `None` where it is not installed.
fn oathtool(seed: &Seed, parameters: TokenParameters, second: i64) -> Option<Vec<String>> {
    let algorithm = match parameters.algorithm {
        Algorithm::Sha1 => "sha1",
        Algorithm::Sha256 => "sha256",
        Algorithm::Sha512 => "sha512",
    };
    let mut tool = Command::new("oathtool");
    tool.args(["--base32", &format!("--totp={algorithm}"), &*seed.expose_base32()]);
    tool.arg(format!("--digits={}", parameters.digits.count()));
    tool.arg(format!("--time-step-size={}s", parameters.step.seconds()));
    tool.args([format!("--now=@{second}"), format!("--window={}", CODES - 1)]);
    match tool.output() {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            Some(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
        }
        Err(error)
            if error.kind() == ErrorKind::NotFound
                && std::env::var_os("CI").is_none_or(|ci| ci != "true") =>
        {
            None
        }
        Err(error) => panic!("oathtool: {error}"),
    }
}

#[test]
fn a_hundred_thousand_codes_are_those_of_oathtool() {
    let mut random = ChaCha8Rng::seed_from_u64(6238);
    for turn in 0..SECRETS {
        let mut bytes = vec![0; random.random_range(Seed::MIN_LEN..=Seed::MAX_LEN)];
        random.fill(&mut bytes[..]);
        let seed = Seed::new(bytes).unwrap();
        let parameters = TokenParameters {
            algorithm: ALGORITHMS[turn % 3],
            digits: DIGITS[turn / 3 % 2],
            step: STEPS[turn / 6 % 4],
        };
        let second = random.random_range(0..4_000_000_000);
        let Some(codes) = oathtool(&seed, parameters, second) else {
            println!("oathtool is not installed: nothing was compared");
            return;
        };
        let generator = Generator::new(&seed, parameters);
        let first = parameters.step.number_at(Timestamp::from_second(second).unwrap()).number();
        let ours = (first..first + CODES).map(|step| generator.code_for(StepNumber::new(step)));
        let ours: Vec<String> = ours.map(|code| code.expose().to_string()).collect();
        assert_eq!(ours, codes, "secret {turn} at {second}");
    }
}
