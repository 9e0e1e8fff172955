//! `seawall gateway certificate`: a key with a certificate over it that it signs itself.
//!
//! Nobody vouches for it, and nobody needs to: an access token names it by its thumbprint (RFC 8705
//! section 2.2), and whoever is to trust a gateway's is given it by hand.

use super::papers;
use crate::command::say;
use anyhow::Context;
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rcgen::{
    CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, PKCS_ECDSA_P256_SHA256,
    date_time_ymd,
};
use seawall_ledger::jws::Confirmation;
use std::path::PathBuf;
use std::process::ExitCode;

/// A new key with its certificate.
#[derive(clap::Args)]
pub struct CertificateArguments {
    /// Where both go, as PEM; only its owner may read it.
    file: PathBuf,
    /// For a gateway: a name or address by which it is reached; several times for several.
    #[arg(long = "name")]
    names: Vec<String>,
    /// Where the certificate goes alone, for those who are to trust it.
    #[arg(long)]
    public: Option<PathBuf>,
    /// For how many days it is good.
    #[arg(long, default_value_t = 365)]
    #[arg(value_parser = clap::value_parser!(i64).range(1..=3650))]
    days: i64,
}

/// Makes them, and prints the thumbprint that a token is bound to.
pub fn make(arguments: &CertificateArguments) -> anyhow::Result<ExitCode> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).context("making a key")?;
    let params = params(arguments)?;
    let certificate = params.self_signed(&key).context("signing a certificate")?;
    let (secret, public) = (key.serialize_pem(), certificate.pem());
    papers::new(&arguments.file, format!("{secret}{public}").as_bytes())?;
    if let Some(path) = &arguments.public {
        std::fs::write(path, &public).with_context(|| format!("writing {}", path.display()))?;
    }
    say!("{}", Confirmation::of_certificate(certificate.der()));
    Ok(ExitCode::SUCCESS)
}

fn params(arguments: &CertificateArguments) -> anyhow::Result<CertificateParams> {
    let mut params = CertificateParams::new(arguments.names.clone())?;
    let midnight = |day: Date| {
        let part = |number: i8| number.unsigned_abs();
        date_time_ymd(day.year().into(), part(day.month()), part(day.day()))
    };
    let today = jiff::Zoned::now().with_time_zone(TimeZone::UTC).date();
    // A clock that is a little behind is no reason to refuse it.
    params.not_before = midnight(today.checked_sub(1.day())?);
    params.not_after = midnight(today.checked_add(arguments.days.days())?);
    params.distinguished_name.push(DnType::CommonName, "seawall gateway");
    params.extended_key_usages = match arguments.names.is_empty() {
        true => vec![ExtendedKeyUsagePurpose::ClientAuth],
        false => vec![ExtendedKeyUsagePurpose::ServerAuth],
    };
    Ok(params)
}
