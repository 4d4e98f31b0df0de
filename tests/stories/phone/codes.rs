//! The codes that the page computes, beside the standard's and the node's own.

use anyhow::ensure;
use kinfold_token::{
    Algorithm, Digits, Generator, OtpauthUri, Seed, Step, StepNumber, TokenParameters,
};
use serde_json::{Value, json};

use crate::browser::Browser;

/// RFC 6238, appendix B, and tokens of every kind at random moments.
pub(super) async fn computes_the_codes_that_the_node_computes(
    phone: &Browser,
) -> anyhow::Result<()> {
    phone.go("/phone/").await?;
    let mut wanted = Vec::new();
    for (second, codes) in [
        (59_u64, ["94287082", "46119246", "90693936"]),
        (1_111_111_109, ["07081804", "68084774", "25091201"]),
        (1_111_111_111, ["14050471", "67062674", "99943326"]),
        (1_234_567_890, ["89005924", "91819424", "93441116"]),
        (2_000_000_000, ["69279037", "90698825", "38618901"]),
        (20_000_000_000, ["65353130", "77737706", "47863826"]),
    ] {
        for (algorithm, code) in ALGORITHMS.into_iter().zip(codes) {
            let seed: Vec<u8> =
                b"1234567890".iter().copied().cycle().take(algorithm.seed_len()).collect();
            let parameters =
                TokenParameters { algorithm, digits: Digits::Eight, step: Step::Thirty };
            wanted.push(asked(seed, parameters, second / 30, code)?);
        }
    }
    let mut chance = 0x9e37_79b9_7f4a_7c15_u64;
    for turn in 0..48_usize {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(turn as u64 | 1);
        let algorithm = ALGORITHMS[turn % 3];
        let digits = [Digits::Six, Digits::Eight][turn / 3 % 2];
        let step = [Step::Eight, Step::Fifteen, Step::Thirty, Step::Sixty][turn / 6 % 4];
        let parameters = TokenParameters { algorithm, digits, step };
        let seed: Vec<u8> = chance.to_be_bytes().iter().copied().cycle().take(16 + turn).collect();
        let number = chance % 5_000_000_000;
        let code =
            Generator::new(&Seed::new(seed.clone())?, parameters).code_for(StepNumber::new(number));
        wanted.push(asked(seed, parameters, number, &code.expose())?);
    }
    let count = wanted.len();
    let wrong = phone.driver.execute_async(COMPUTE, vec![Value::Array(wanted)]).await?;
    let wrong: Vec<String> = wrong.convert()?;
    ensure!(wrong.is_empty(), "{} of {count} codes: {}", wrong.len(), wrong.join(", "));
    Ok(())
}

const ALGORITHMS: [Algorithm; 3] = [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512];

fn asked(
    seed: Vec<u8>,
    parameters: TokenParameters,
    step: u64,
    code: &str,
) -> anyhow::Result<Value> {
    let uri = OtpauthUri::new("Agency & Söhne", "a.tester", Seed::new(seed)?, parameters)?;
    Ok(json!({"uri": &*uri.expose(), "step": step, "code": code}))
}

const COMPUTE: &str = r#"
const [wanted, done] = arguments;
const loaded = performance.getEntriesByType("resource").map((one) => one.name);
const address = loaded.find((name) => /\/phone-codes-[0-9a-f]+\.js$/.test(name));
import(address).then(async ({ parse, keyOf, codeOf, stepAt }) => {
  const wrong = [];
  for (const { uri, step, code } of wanted) {
    const token = parse(uri);
    const key = await keyOf(token);
    const shown = await codeOf({ ...token, key }, step);
    const named = token.agency === "Agency & Söhne" && token.userName === "a.tester";
    const wiped = token.secret.every((byte) => byte === 0) && !key.extractable;
    if (shown !== code || !named || !wiped || stepAt(step * token.period * 1000, token.period) !== step) wrong.push(`${token.algorithm} ${token.period} s, step ${step}: ${shown}, not ${code}`);
  }
  done(wrong);
}).catch((error) => done([String(error)]));
"#;
