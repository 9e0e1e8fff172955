//! Signatures by P-256 keys, as many clients make them (`ES256`, RFC 7518 section 3.4): ECDSA over
//! SHA-256 (FIPS 186-5), both numbers with 32 bytes each, one behind the other.
//!
//! Such a signature has a twin that holds as well. That opens nothing: a proof is good once by its
//! own number, whatever its signature looks like.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use seawall_ledger::jws::P256Key;

/// Whether the key signed these bytes; a key that is no point of the curve signed nothing.
pub(super) fn holds(key: &P256Key, (bytes, signature): (&[u8], &[u8; 64])) -> bool {
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.point());
    key.verify(bytes, signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use seawall_ledger::jws::{HolderKey, Token, read_key};

    /// Held against a key, with some letters in place of others.
    #[track_caller]
    fn check(jwk: &str, token: &str, (from, to): (&str, &str), expected: bool) {
        assert!(token.contains(from) || jwk.contains(from), "{from}");
        let (jwk, token) = (jwk.replacen(from, to, 1), token.replacen(from, to, 1));
        let Ok(HolderKey::P256(key)) = read_key(&jwk) else { panic!("{jwk}") };
        let holds = Token::read(&token).is_ok_and(|read| holds(&key, read.signed()));
        assert_eq!(holds, expected, "{from} {to}");
    }

    #[test]
    fn the_signature_is_that_of_the_standards() {
        // RFC 7515 appendix A.3.
        let jwk = r#"{"kty":"EC","crv":"P-256",
            "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
        let token = "eyJhbGciOiJFUzI1NiJ9.\
            eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt\
            cGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
            DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSA\
            pmWQxfKTUJqPP3-Kg6NU1Q";
        check(jwk, token, ("", ""), true);
        check(jwk, token, ("eyJpc3M", "eyJpc3N"), false);
        check(jwk, token, (".DtEh", ".DtEi"), false);
        // Not a point of the curve.
        check(jwk, token, ("x_FEzRu9", "x_FEzRu8"), false);
        // RFC 9449 section 4.1.
        let jwk = r#"{"kty":"EC","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
            "y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA","crv":"P-256"}"#;
        let proof = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6Ik\
            VDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5Ijoi\
            OVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In\
            19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2V\
            ydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP\
            0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";
        check(jwk, proof, ("", ""), true);
        check(jwk, proof, (".2-Gx", ".2-Gy"), false);
    }
}
