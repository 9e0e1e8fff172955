// Generated table: the elements of CycloneDX XML 1.0 to 1.7, one entry a named type.
//! The elements of CycloneDX as XML (ECMA-424), with the first and last minor version of each.

use super::super::Rule::*;
use super::super::{Form, NUMBER, TEXT, WHOLE};
use super::Openness::{Closed, Foreign, Open};
use super::{MANY, Type, all, choice, may, maybe, must, one, or_empty, other, some};

/// The types by name and last minor version, in this order.
pub(super) static TYPES: &[(&str, u8, Type)] = &[
    ("accessModeEnum", 7, Type::Value(Words(&["read-only", "read-write", "read-write-once", "write-once", "write-only"]))),
    ("advisoryType", 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
        maybe("title", 4, 7, Type::Value(TEXT)),
        one("url", 4, 7, Type::Value(TEXT)),
    ]))),
    ("aggregateType", 7, Type::Value(WordsBy(&[
        (0, 9, &[
            "complete", "incomplete", "incomplete_first_party_only",
            "incomplete_third_party_only", "unknown", "not_specified",
        ]),
        (5, 9, &[
            "incomplete_first_party_proprietary_only", "incomplete_first_party_opensource_only",
            "incomplete_third_party_proprietary_only", "incomplete_third_party_opensource_only",
        ]),
    ]))),
    ("annotationType", 7, Type::Parts(&[may("bom-ref", 5, 7, Named("refType"))], Open, &all(0, 9, (1, 1), &[
        maybe("subjects", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
            one("subject", 5, 7, Type::Named("bomReferenceType")),
            other(5, 7),
        ]))),
        one("annotator", 5, 7, Type::Named("annotatorChoiceType")),
        one("timestamp", 5, 7, Type::Value(Form(Form::XmlDateTime))),
        one("text", 5, 7, Type::Value(TEXT)),
        other(5, 7),
    ]))),
    ("annotationsType", 7, Type::Parts(&[], Open, &all(0, 9, (0, MANY), &[
        one("annotation", 5, 7, Type::Named("annotationType")),
        other(5, 7),
    ]))),
    ("annotatorChoiceType", 7, Type::Parts(&[], Closed, &choice(0, 9, (1, 1), &[
        maybe("organization", 5, 7, Type::Named("organizationalEntity")),
        maybe("individual", 5, 7, Type::Named("organizationalContact")),
        maybe("component", 5, 7, Type::Named("component")),
        maybe("service", 5, 7, Type::Named("service")),
    ]))),
    ("attachedTextType", 7, Type::Text(TEXT, &[
        may("content-type", 2, 7, TEXT),
        may("encoding", 2, 7, Named("encoding")),
    ], Closed)),
    ("bom element", 0, Type::Parts(&[may("version", 0, 0, WHOLE)], Foreign, &all(0, 9, (1, 1), &[
        one("components", 0, 0, Type::Parts(&[], Foreign, &all(0, 9, (0, MANY), &[
            one("component", 0, 0, Type::Named("component")),
        ]))),
    ]))),
    ("bom element", 7, Type::Parts(&[
        may("version", 1, 4, WHOLE),
        may("version", 5, 7, Whole(1, i64::MAX)),
        may("serialNumber", 1, 7, Named("urnUuid")),
    ], Open, &all(0, 9, (1, 1), &[
        one("components", 1, 1, Type::Named("componentsType")),
        maybe("metadata", 2, 7, Type::Named("metadata")),
        maybe("components", 2, 7, Type::Named("componentsType")),
        maybe("services", 2, 7, Type::Named("servicesType")),
        maybe("externalReferences", 1, 7, Type::Named("externalReferences")),
        maybe("dependencies", 2, 7, Type::Named("dependenciesType")),
        maybe("compositions", 3, 7, Type::Named("compositionsType")),
        maybe("properties", 3, 7, Type::Named("propertiesType")),
        maybe("vulnerabilities", 4, 7, Type::Named("vulnerabilitiesType")),
        maybe("annotations", 5, 7, Type::Named("annotationsType")),
        maybe("formulation", 5, 7, Type::Named("formulationType")),
        maybe("declarations", 6, 7, Type::Named("declarationsType")),
        maybe("definitions", 6, 7, Type::Named("definitionsType")),
        maybe("citations", 7, 7, Type::Named("citationsType")),
        other(1, 7),
    ]))),
    ("bomLinkDocumentType", 7, Type::Value(Collapsed(&Form(Form::DocumentLink)))),
    ("bomLinkElementType", 7, Type::Value(Collapsed(&Form(Form::ElementLink)))),
    ("bomLinkType", 7, Type::Value(AnyOf(&[Named("bomLinkDocumentType"), Named("bomLinkElementType")]))),
    ("bomReferenceType", 7, Type::Parts(&[
        must("ref", 3, 4, Named("refType")),
        must("ref", 5, 7, AnyOf(&[Named("refLinkType"), Named("bomLinkType")])),
    ], Foreign, &all(0, 9, (1, 1), &[]))),
    ("citationType", 7, Type::Parts(&[may("bom-ref", 7, 7, Named("refType"))], Foreign, &all(0, 9, (1, 1), &[
        choice(7, 7, (1, 1), &[
            one("pointers", 7, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("pointer", 7, 7, (1, MANY), Type::Value(TEXT)),
            ]))),
            one("expressions", 7, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("expression", 7, 7, (1, MANY), Type::Value(TEXT)),
            ]))),
        ]),
        one("timestamp", 7, 7, Type::Value(Form(Form::XmlDateTime))),
        maybe("attributedTo", 7, 7, Type::Named("refLinkType")),
        maybe("process", 7, 7, Type::Named("refLinkType")),
        maybe("note", 7, 7, Type::Value(TEXT)),
        other(7, 7),
    ]))),
    ("citationsType", 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
        some("citation", 7, 7, (1, MANY), Type::Named("citationType")),
    ]))),
    ("classification", 7, Type::Value(WordsBy(&[
        (0, 9, &["application", "framework", "library", "operating-system", "device"]),
        (1, 9, &["file"]),
        (2, 9, &["container", "firmware"]),
        (5, 9, &["platform", "device-driver", "machine-learning-model", "data"]),
        (6, 9, &["cryptographic-asset"]),
    ]))),
    ("co2MeasureType", 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
        one("value", 6, 7, Type::Value(NUMBER)),
        one("unit", 6, 7, Type::Value(Words(&["tCO2eq"]))),
    ]))),
    ("commitType", 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
        maybe("uid", 1, 7, Type::Value(TEXT)),
        maybe("url", 1, 7, Type::Value(TEXT)),
        maybe("author", 1, 7, Type::Named("identifiableActionType")),
        maybe("committer", 1, 7, Type::Named("identifiableActionType")),
        maybe("message", 1, 7, Type::Value(TEXT)),
        other(1, 7),
    ]))),
    ("commitsType", 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
        one("commit", 1, 7, Type::Named("commitType")),
        other(1, 7),
    ]))),
    ("component", 0, Type::Parts(&[must("type", 0, 0, Named("classification"))], Foreign, &all(0, 9, (1, 1), &[
        maybe("publisher", 0, 0, Type::Value(TEXT)),
        maybe("group", 0, 0, Type::Value(TEXT)),
        one("name", 0, 0, Type::Value(TEXT)),
        one("version", 0, 0, Type::Value(TEXT)),
        maybe("description", 0, 0, Type::Value(TEXT)),
        maybe("scope", 0, 0, Type::Named("scope")),
        maybe("hashes", 0, 0, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
            one("hash", 0, 0, Type::Named("hashType")),
        ]))),
        maybe("licenses", 0, 0, Type::Parts(&[], Closed, &all(0, 9, (1, MANY), &[
            one("license", 0, 0, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                choice(0, 0, (1, 1), &[
                    some("id", 0, 0, (0, MANY), Type::Value(Form(Form::LicenceId))),
                    some("name", 0, 0, (0, MANY), Type::Value(TEXT)),
                ]),
            ]))),
        ]))),
        maybe("copyright", 0, 0, Type::Value(TEXT)),
        maybe("cpe", 0, 0, Type::Named("cpe")),
        maybe("purl", 0, 0, Type::Value(TEXT)),
        one("modified", 0, 0, Type::Value(Flag)),
        maybe("components", 0, 0, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
            one("component", 0, 0, Type::Named("component")),
        ]))),
    ]))),
    ("component", 7, Type::Parts(&[
        must("type", 1, 7, Named("classification")),
        may("bom-ref", 1, 7, Named("refType")),
        may("mime-type", 2, 7, Named("mimeType")),
        may("isExternal", 7, 7, Flag),
    ], Open, &all(0, 9, (1, 1), &[
        maybe("supplier", 2, 7, Type::Named("organizationalEntity")),
        maybe("manufacturer", 6, 7, Type::Named("organizationalEntity")),
        maybe("authors", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
            one("author", 6, 7, Type::Named("organizationalContact")),
        ]))),
        maybe("author", 2, 7, Type::Value(TEXT)),
        maybe("publisher", 1, 7, Type::Value(TEXT)),
        maybe("group", 1, 7, Type::Value(TEXT)),
        one("name", 1, 7, Type::Value(TEXT)),
        one("version", 1, 3, Type::Value(TEXT)),
        maybe("version", 4, 5, Type::Value(TEXT)),
        maybe("version", 6, 6, Type::Named("versionType")),
        choice(7, 7, (0, 1), &[
            one("version", 7, 7, Type::Named("versionType")),
            one("versionRange", 7, 7, Type::Named("versionRangeType")),
        ]),
        maybe("description", 1, 7, Type::Value(TEXT)),
        maybe("scope", 1, 4, Type::Named("scope")),
        or_empty("scope", 5, 7, (0, 1), Type::Named("scope")),
        maybe("hashes", 1, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
            one("hash", 1, 7, Type::Named("hashType")),
        ]))),
        maybe("licenses", 1, 2, Type::Parts(&[], Closed, &choice(0, 9, (1, 1), &[
            some("license", 1, 2, (0, MANY), Type::Named("licenseType")),
            maybe("expression", 1, 2, Type::Value(TEXT)),
        ]))),
        maybe("licenses", 7, 7, Type::Named("licenseChoiceType")),
        maybe("licenses", 3, 6, Type::Named("licenseChoiceType")),
        maybe("copyright", 1, 7, Type::Value(TEXT)),
        maybe("patentAssertions", 7, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
            one("patentAssertion", 7, 7, Type::Named("patentAssertionType")),
        ]))),
        maybe("cpe", 1, 7, Type::Named("cpe")),
        maybe("purl", 1, 7, Type::Value(TEXT)),
        some("omniborId", 6, 7, (0, MANY), Type::Value(TEXT)),
        some("swhid", 6, 7, (0, MANY), Type::Value(TEXT)),
        maybe("swid", 2, 7, Type::Named("swidType")),
        maybe("modified", 1, 7, Type::Value(Flag)),
        maybe("pedigree", 1, 7, Type::Named("pedigreeType")),
        maybe("externalReferences", 1, 7, Type::Named("externalReferences")),
        maybe("properties", 3, 7, Type::Named("propertiesType")),
        maybe("components", 1, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
            one("component", 1, 7, Type::Named("component")),
            other(1, 7),
        ]))),
        maybe("evidence", 3, 7, Type::Named("componentEvidenceType")),
        maybe("releaseNotes", 4, 7, Type::Named("releaseNotesType")),
        maybe("modelCard", 5, 7, Type::Named("modelCardType")),
        maybe("data", 5, 5, Type::Named("componentDataType")),
        some("data", 6, 7, (0, MANY), Type::Named("componentDataType")),
        maybe("cryptoProperties", 6, 7, Type::Named("cryptoPropertiesType")),
        maybe("tags", 6, 7, Type::Named("tagsType")),
        other(1, 7),
    ]))),
    ("componentDataType", 7, Type::Parts(&[may("bom-ref", 5, 7, Named("refType"))], Closed, &all(0, 9, (1, 1), &[
        one("type", 5, 7, Type::Named("componentDataTypeEnumeration")),
        maybe("name", 5, 7, Type::Value(TEXT)),
        maybe("contents", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            maybe("attachment", 5, 7, Type::Named("attachedTextType")),
            maybe("url", 5, 7, Type::Value(TEXT)),
            maybe("properties", 5, 7, Type::Named("propertiesType")),
        ]))),
        maybe("classification", 5, 7, Type::Value(TEXT)),
        some("sensitiveData", 5, 6, (0, MANY), Type::Value(Any)),
        some("sensitiveData", 7, 7, (0, MANY), Type::Value(TEXT)),
        maybe("graphics", 5, 7, Type::Named("graphicsCollectionType")),
        maybe("description", 5, 7, Type::Value(TEXT)),
        maybe("governance", 5, 7, Type::Named("dataGovernance")),
    ]))),
    ("componentDataTypeEnumeration", 7, Type::Value(Words(&["source-code", "configuration", "dataset", "definition", "other"]))),
    ("componentEvidenceType", 7, Type::Parts(&[], Open, &all(0, 9, (1, 1), &[
        maybe("identity", 5, 5, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            one("field", 5, 5, Type::Named("identityFieldType")),
            maybe("confidence", 5, 5, Type::Named("decimalPercentType")),
            maybe("methods", 5, 5, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("method", 5, 5, (0, MANY), Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                    one("technique", 5, 5, Type::Named("evidenceTechnique")),
                    one("confidence", 5, 5, Type::Named("decimalPercentType")),
                    maybe("value", 5, 5, Type::Value(TEXT)),
                ]))),
            ]))),
            maybe("tools", 5, 5, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("tool", 5, 5, (0, MANY), Type::Named("bomReferenceType")),
            ]))),
        ]))),
        some("identity", 6, 7, (0, MANY), Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            one("field", 6, 7, Type::Named("identityFieldType")),
            maybe("confidence", 6, 7, Type::Named("decimalPercentType")),
            maybe("concludedValue", 6, 7, Type::Value(TEXT)),
            maybe("methods", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("method", 6, 7, (0, MANY), Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                    one("technique", 6, 7, Type::Named("evidenceTechnique")),
                    one("confidence", 6, 7, Type::Named("decimalPercentType")),
                    maybe("value", 6, 7, Type::Value(TEXT)),
                ]))),
            ]))),
            maybe("tools", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("tool", 6, 7, (0, MANY), Type::Named("bomReferenceType")),
            ]))),
        ]))),
        maybe("occurrences", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("occurrence", 5, 7, (0, MANY), Type::Parts(&[may("bom-ref", 5, 7, Named("refType"))], Closed, &all(0, 9, (1, 1), &[
                one("location", 5, 5, Type::Value(Any)),
                one("location", 6, 7, Type::Value(TEXT)),
                maybe("line", 6, 7, Type::Value(Whole(0, i64::MAX))),
                maybe("offset", 6, 7, Type::Value(Whole(0, i64::MAX))),
                maybe("symbol", 6, 7, Type::Value(TEXT)),
                maybe("additionalContext", 6, 7, Type::Value(TEXT)),
            ]))),
        ]))),
        maybe("callstack", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            maybe("frames", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("frame", 5, 7, (0, MANY), Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                    maybe("package", 5, 7, Type::Value(TEXT)),
                    one("module", 5, 7, Type::Value(TEXT)),
                    maybe("function", 5, 7, Type::Value(TEXT)),
                    maybe("parameters", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                        some("parameter", 5, 7, (0, MANY), Type::Value(TEXT)),
                    ]))),
                    maybe("line", 5, 7, Type::Value(WHOLE)),
                    maybe("column", 5, 7, Type::Value(WHOLE)),
                    maybe("fullFilename", 5, 7, Type::Value(TEXT)),
                ]))),
            ]))),
            maybe("tools", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("tool", 5, 7, (0, MANY), Type::Named("bomReferenceType")),
            ]))),
        ]))),
        maybe("licenses", 3, 7, Type::Named("licenseChoiceType")),
        maybe("copyright", 3, 7, Type::Named("copyrightsType")),
        other(3, 7),
    ]))),
    ("componentsType", 7, Type::Parts(&[], Open, &all(0, 9, (0, MANY), &[
        one("component", 1, 7, Type::Named("component")),
        other(1, 7),
    ]))),
    ("compositionType", 7, Type::Parts(&[may("bom-ref", 5, 7, Named("refType"))], Closed, &all(0, 9, (0, MANY), &[
        or_empty("aggregate", 3, 7, (1, 1), Type::Named("aggregateType")),
        maybe("assemblies", 3, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
            one("assembly", 3, 7, Type::Named("bomReferenceType")),
            other(3, 7),
        ]))),
        maybe("dependencies", 3, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
            one("dependency", 3, 7, Type::Named("bomReferenceType")),
            other(3, 7),
        ]))),
        maybe("vulnerabilities", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
            one("vulnerability", 5, 7, Type::Named("bomReferenceType")),
            other(5, 7),
        ]))),
    ]))),
    ("compositionsType", 7, Type::Parts(&[], Open, &all(0, 9, (0, MANY), &[
        one("composition", 3, 7, Type::Named("compositionType")),
        other(3, 7),
    ]))),
    ("copyrightsType", 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
        some("text", 3, 7, (0, MANY), Type::Value(TEXT)),
    ]))),
    ("cpe", 7, Type::Value(Form(Form::Cpe))),
    ("cryptoPropertiesType", 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
        one("assetType", 6, 7, Type::Value(Words(&["algorithm", "certificate", "protocol", "related-crypto-material"]))),
        maybe("algorithmProperties", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            maybe("primitive", 6, 7, Type::Value(WordsBy(&[
                (0, 9, &[
                    "drbg", "mac", "block-cipher", "stream-cipher", "signature", "hash", "pke",
                    "xof", "kdf", "key-agree", "kem", "ae", "combiner", "other", "unknown",
                ]),
                (7, 9, &["key-wrap"]),
            ]))),
            maybe("algorithmFamily", 7, 7, Type::Value(TEXT)),
            maybe("parameterSetIdentifier", 6, 7, Type::Value(TEXT)),
            maybe("curve", 6, 7, Type::Value(TEXT)),
            maybe("ellipticCurve", 7, 7, Type::Value(TEXT)),
            maybe("executionEnvironment", 6, 7, Type::Value(Words(&[
                "software-plain-ram", "software-encrypted-ram", "software-tee", "hardware",
                "other", "unknown",
            ]))),
            maybe("implementationPlatform", 6, 7, Type::Value(Words(&[
                "generic", "x86_32", "x86_64", "armv7-a", "armv7-m", "armv8-a", "armv8-m",
                "armv9-a", "armv9-m", "s390x", "ppc64", "ppc64le", "other", "unknown",
            ]))),
            some("certificationLevel", 6, 7, (0, MANY), Type::Value(Words(&[
                "none", "fips140-1-l1", "fips140-1-l2", "fips140-1-l3", "fips140-1-l4",
                "fips140-2-l1", "fips140-2-l2", "fips140-2-l3", "fips140-2-l4", "fips140-3-l1",
                "fips140-3-l2", "fips140-3-l3", "fips140-3-l4", "cc-eal1", "cc-eal1+", "cc-eal2",
                "cc-eal2+", "cc-eal3", "cc-eal3+", "cc-eal4", "cc-eal4+", "cc-eal5", "cc-eal5+",
                "cc-eal6", "cc-eal6+", "cc-eal7", "cc-eal7+", "other", "unknown",
            ]))),
            maybe("mode", 6, 7, Type::Value(Words(&["cbc", "ecb", "ccm", "gcm", "cfb", "ofb", "ctr", "other", "unknown"]))),
            maybe("padding", 6, 7, Type::Value(Words(&["pkcs5", "pkcs7", "pkcs1v15", "oaep", "raw", "other", "unknown"]))),
            maybe("cryptoFunctions", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("cryptoFunction", 6, 7, (0, MANY), Type::Value(Words(&[
                    "generate", "keygen", "encrypt", "decrypt", "digest", "tag", "keyderive",
                    "sign", "verify", "encapsulate", "decapsulate", "other", "unknown",
                ]))),
            ]))),
            maybe("classicalSecurityLevel", 6, 7, Type::Value(Whole(0, i64::MAX))),
            maybe("nistQuantumSecurityLevel", 6, 7, Type::Value(Whole(0, 6))),
        ]))),
        maybe("certificateProperties", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            maybe("serialNumber", 7, 7, Type::Value(TEXT)),
            maybe("subjectName", 6, 7, Type::Value(TEXT)),
            maybe("issuerName", 6, 7, Type::Value(TEXT)),
            maybe("notValidBefore", 6, 7, Type::Value(Form(Form::XmlDateTime))),
            maybe("notValidAfter", 6, 7, Type::Value(Form(Form::XmlDateTime))),
            maybe("signatureAlgorithmRef", 6, 7, Type::Named("refType")),
            maybe("subjectPublicKeyRef", 6, 7, Type::Named("refType")),
            maybe("certificateFormat", 6, 7, Type::Value(TEXT)),
            maybe("certificateExtension", 6, 7, Type::Value(TEXT)),
            maybe("certificateFileExtension", 7, 7, Type::Value(TEXT)),
            maybe("fingerprint", 7, 7, Type::Named("hashType")),
            some("certificateState", 7, 7, (0, MANY), Type::Parts(&[], Closed, &choice(0, 9, (1, 1), &[
                all(7, 7, (1, 1), &[
                    one("state", 7, 7, Type::Value(Words(&[
                        "pre-activation", "active", "suspended", "deactivated", "revoked",
                        "destroyed",
                    ]))),
                    maybe("reason", 7, 7, Type::Value(TEXT)),
                ]),
                all(7, 7, (1, 1), &[
                    one("name", 7, 7, Type::Value(TEXT)),
                    maybe("description", 7, 7, Type::Value(TEXT)),
                    maybe("reason", 7, 7, Type::Value(TEXT)),
                ]),
            ]))),
            maybe("creationDate", 7, 7, Type::Value(Form(Form::XmlDateTime))),
            maybe("activationDate", 7, 7, Type::Value(Form(Form::XmlDateTime))),
            maybe("deactivationDate", 7, 7, Type::Value(Form(Form::XmlDateTime))),
            maybe("revocationDate", 7, 7, Type::Value(Form(Form::XmlDateTime))),
            maybe("destructionDate", 7, 7, Type::Value(Form(Form::XmlDateTime))),
            maybe("certificateExtensions", 7, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("certificateExtension", 7, 7, (0, MANY), Type::Parts(&[], Closed, &choice(0, 9, (1, 1), &[
                    all(7, 7, (1, 1), &[
                        one("commonExtensionName", 7, 7, Type::Value(Words(&[
                            "basicConstraints", "keyUsage", "extendedKeyUsage",
                            "subjectAlternativeName", "authorityKeyIdentifier",
                            "subjectKeyIdentifier", "authorityInformationAccess",
                            "certificatePolicies", "crlDistributionPoints",
                            "signedCertificateTimestamp",
                        ]))),
                        one("commonExtensionValue", 7, 7, Type::Value(TEXT)),
                    ]),
                    all(7, 7, (1, 1), &[
                        one("customExtensionName", 7, 7, Type::Value(TEXT)),
                        maybe("customExtensionValue", 7, 7, Type::Value(TEXT)),
                    ]),
                ]))),
            ]))),
            maybe("relatedCryptographicAssets", 7, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("relatedCryptographicAsset", 7, 7, (0, MANY), Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                    maybe("type", 7, 7, Type::Value(TEXT)),
                    maybe("ref", 7, 7, Type::Named("refType")),
                ]))),
            ]))),
        ]))),
        maybe("relatedCryptoMaterialProperties", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            maybe("type", 6, 7, Type::Value(Words(&[
                "private-key", "public-key", "secret-key", "key", "ciphertext", "signature",
                "digest", "initialization-vector", "nonce", "seed", "salt", "shared-secret",
                "tag", "additional-data", "password", "credential", "token", "other", "unknown",
            ]))),
            maybe("id", 6, 7, Type::Value(TEXT)),
            maybe("state", 6, 7, Type::Value(Words(&[
                "pre-activation", "active", "suspended", "deactivated", "compromised",
                "destroyed",
            ]))),
            maybe("algorithmRef", 6, 7, Type::Named("refType")),
            maybe("creationDate", 6, 7, Type::Value(Form(Form::XmlDateTime))),
            maybe("activationDate", 6, 7, Type::Value(Form(Form::XmlDateTime))),
            maybe("updateDate", 6, 7, Type::Value(Form(Form::XmlDateTime))),
            maybe("expirationDate", 6, 7, Type::Value(Form(Form::XmlDateTime))),
            maybe("value", 6, 7, Type::Value(TEXT)),
            maybe("size", 6, 7, Type::Value(WHOLE)),
            maybe("format", 6, 7, Type::Value(TEXT)),
            maybe("securedBy", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                maybe("mechanism", 6, 7, Type::Value(TEXT)),
                maybe("algorithmRef", 6, 7, Type::Named("refType")),
            ]))),
            maybe("fingerprint", 7, 7, Type::Named("hashType")),
            maybe("relatedCryptographicAssets", 7, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("relatedCryptographicAsset", 7, 7, (0, MANY), Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                    maybe("type", 7, 7, Type::Value(TEXT)),
                    maybe("ref", 7, 7, Type::Named("refType")),
                ]))),
            ]))),
        ]))),
        maybe("protocolProperties", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            maybe("type", 6, 7, Type::Value(WordsBy(&[
                (0, 9, &["tls", "ssh", "ipsec", "ike", "sstp", "wpa", "other", "unknown"]),
                (7, 9, &["dtls", "quic", "eap-aka", "eap-aka-prime", "prins", "5g-aka"]),
            ]))),
            maybe("version", 6, 7, Type::Value(TEXT)),
            maybe("cipherSuites", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("cipherSuite", 6, 7, (0, MANY), Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                    maybe("name", 6, 7, Type::Value(TEXT)),
                    maybe("algorithms", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                        some("algorithm", 6, 7, (0, MANY), Type::Named("refType")),
                    ]))),
                    maybe("identifiers", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                        some("identifier", 6, 7, (0, MANY), Type::Value(TEXT)),
                    ]))),
                    maybe("tlsGroups", 7, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                        some("group", 7, 7, (0, MANY), Type::Value(TEXT)),
                    ]))),
                    maybe("tlsSignatureSchemes", 7, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                        some("signatureScheme", 7, 7, (0, MANY), Type::Value(TEXT)),
                    ]))),
                ]))),
            ]))),
            maybe("ikev2TransformTypes", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("encr", 6, 6, (0, MANY), Type::Named("refType")),
                some("encr", 7, 7, (0, MANY), Type::Mixed(&[], Closed, &all(0, 9, (1, 1), &[
                    maybe("name", 7, 7, Type::Value(TEXT)),
                    maybe("keyLength", 7, 7, Type::Value(WHOLE)),
                    maybe("algorithm", 7, 7, Type::Named("refType")),
                ]))),
                some("prf", 6, 6, (0, MANY), Type::Named("refType")),
                some("prf", 7, 7, (0, MANY), Type::Mixed(&[], Closed, &all(0, 9, (1, 1), &[
                    maybe("name", 7, 7, Type::Value(TEXT)),
                    maybe("algorithm", 7, 7, Type::Named("refType")),
                ]))),
                some("integ", 6, 6, (0, MANY), Type::Named("refType")),
                some("integ", 7, 7, (0, MANY), Type::Mixed(&[], Closed, &all(0, 9, (1, 1), &[
                    maybe("name", 7, 7, Type::Value(TEXT)),
                    maybe("algorithm", 7, 7, Type::Named("refType")),
                ]))),
                some("ke", 6, 6, (0, MANY), Type::Named("refType")),
                some("ke", 7, 7, (0, MANY), Type::Mixed(&[], Closed, &all(0, 9, (1, 1), &[
                    maybe("group", 7, 7, Type::Value(WHOLE)),
                    maybe("algorithm", 7, 7, Type::Named("refType")),
                ]))),
                maybe("esn", 6, 7, Type::Value(Flag)),
                some("auth", 6, 6, (0, MANY), Type::Named("refType")),
                some("auth", 7, 7, (0, MANY), Type::Mixed(&[], Closed, &all(0, 9, (1, 1), &[
                    maybe("name", 7, 7, Type::Value(TEXT)),
                    maybe("algorithm", 7, 7, Type::Named("refType")),
                ]))),
            ]))),
            some("cryptoRef", 6, 7, (0, MANY), Type::Named("refType")),
        ]))),
        maybe("oid", 6, 7, Type::Value(TEXT)),
    ]))),
    ("dataClassificationType", 7, Type::Text(TEXT, &[must("flow", 2, 7, Named("dataFlowType"))], Closed)),
    ("dataFlowType", 7, Type::Value(Words(&["inbound", "outbound", "bi-directional", "unknown"]))),
    ("dataGovernance", 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
        maybe("custodians", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("custodian", 5, 7, (0, MANY), Type::Named("organizationOrIndividualType")),
        ]))),
        maybe("stewards", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("steward", 5, 7, (0, MANY), Type::Named("organizationOrIndividualType")),
        ]))),
        maybe("owners", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("owner", 5, 7, (0, MANY), Type::Named("organizationOrIndividualType")),
        ]))),
    ]))),
    ("decimalPercentType", 7, Type::Value(Number(0.0, 1.0))),
    ("declarationsType", 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
        maybe("assessors", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("assessor", 6, 7, (0, MANY), Type::Parts(&[may("bom-ref", 6, 7, Named("refType"))], Foreign, &all(0, 9, (1, 1), &[
                maybe("thirdParty", 6, 7, Type::Value(Flag)),
                maybe("organization", 6, 7, Type::Named("organizationalEntity")),
            ]))),
        ]))),
        maybe("attestations", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("attestation", 6, 7, (0, MANY), Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                maybe("summary", 6, 7, Type::Value(TEXT)),
                maybe("assessor", 6, 7, Type::Named("refLinkType")),
                some("map", 6, 7, (0, MANY), Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                    maybe("requirement", 6, 7, Type::Named("refLinkType")),
                    maybe("claims", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                        some("claim", 6, 7, (0, MANY), Type::Named("refLinkType")),
                    ]))),
                    maybe("counterClaims", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                        some("counterClaim", 6, 7, (0, MANY), Type::Named("refLinkType")),
                    ]))),
                    maybe("conformance", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                        one("score", 6, 7, Type::Value(Number(0.0, 1.0))),
                        maybe("rationale", 6, 7, Type::Value(TEXT)),
                        maybe("mitigationStrategies", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                            some("mitigationStrategy", 6, 7, (0, MANY), Type::Named("refLinkType")),
                        ]))),
                    ]))),
                    maybe("confidence", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                        one("score", 6, 7, Type::Value(Number(0.0, 1.0))),
                        maybe("rationale", 6, 7, Type::Value(TEXT)),
                    ]))),
                ]))),
                other(6, 7),
            ]))),
        ]))),
        maybe("claims", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("claim", 6, 7, (0, MANY), Type::Parts(&[may("bom-ref", 6, 7, Named("refType"))], Foreign, &all(0, 9, (1, 1), &[
                maybe("target", 6, 7, Type::Named("refLinkType")),
                maybe("predicate", 6, 7, Type::Value(TEXT)),
                maybe("mitigationStrategies", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                    some("mitigationStrategy", 6, 7, (0, MANY), Type::Named("refLinkType")),
                ]))),
                maybe("reasoning", 6, 7, Type::Value(TEXT)),
                some("evidence", 6, 7, (0, MANY), Type::Named("refLinkType")),
                some("counterEvidence", 6, 7, (0, MANY), Type::Named("refLinkType")),
                maybe("externalReferences", 6, 7, Type::Named("externalReferences")),
                other(6, 7),
            ]))),
        ]))),
        maybe("evidence", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("evidence", 6, 7, (0, MANY), Type::Parts(&[may("bom-ref", 6, 7, Named("refType"))], Foreign, &all(0, 9, (1, 1), &[
                maybe("propertyName", 6, 7, Type::Value(TEXT)),
                maybe("description", 6, 7, Type::Value(TEXT)),
                some("data", 6, 7, (0, MANY), Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                    maybe("name", 6, 7, Type::Value(TEXT)),
                    maybe("contents", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                        maybe("attachment", 6, 7, Type::Named("attachedTextType")),
                        maybe("url", 6, 7, Type::Value(TEXT)),
                    ]))),
                    maybe("classification", 6, 7, Type::Value(TEXT)),
                    some("sensitiveData", 6, 7, (0, MANY), Type::Value(Any)),
                    maybe("governance", 6, 7, Type::Named("dataGovernance")),
                ]))),
                maybe("created", 6, 7, Type::Value(Form(Form::XmlDateTime))),
                maybe("expires", 6, 7, Type::Value(Form(Form::XmlDateTime))),
                maybe("author", 6, 7, Type::Named("organizationalContact")),
                maybe("reviewer", 6, 7, Type::Named("organizationalContact")),
                other(6, 7),
            ]))),
        ]))),
        maybe("targets", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            maybe("organizations", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("organization", 6, 7, (0, MANY), Type::Named("organizationalEntity")),
            ]))),
            maybe("components", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("component", 6, 7, (0, MANY), Type::Named("component")),
            ]))),
            maybe("services", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("service", 6, 7, (0, MANY), Type::Named("service")),
            ]))),
        ]))),
        maybe("affirmation", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            maybe("statement", 6, 7, Type::Value(TEXT)),
            maybe("signatories", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("signatory", 6, 7, (0, MANY), Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                    maybe("name", 6, 7, Type::Value(TEXT)),
                    maybe("role", 6, 7, Type::Value(TEXT)),
                    maybe("organization", 6, 7, Type::Named("organizationalEntity")),
                    maybe("externalReference", 6, 7, Type::Named("externalReference")),
                    other(6, 7),
                ]))),
            ]))),
            other(6, 7),
        ]))),
        other(6, 7),
    ]))),
    ("definitionsType", 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
        maybe("standards", 6, 7, Type::Named("standardsType")),
        maybe("patents", 7, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            choice(7, 7, (0, MANY), &[
                one("patent", 7, 7, Type::Named("patentType")),
                one("patentFamily", 7, 7, Type::Named("patentFamilyType")),
            ]),
        ]))),
    ]))),
    ("dependenciesType", 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
        one("dependency", 2, 7, Type::Named("dependencyType")),
    ]))),
    ("dependencyType", 7, Type::Parts(&[
        must("ref", 2, 4, Named("refType")),
        must("ref", 5, 7, Named("refLinkType")),
    ], Foreign, &all(0, 9, (0, MANY), &[
        one("dependency", 2, 5, Type::Named("dependencyType")),
        maybe("dependency", 6, 7, Type::Named("dependencyType")),
        maybe("provides", 6, 7, Type::Parts(&[must("ref", 6, 7, Named("refLinkType"))], Closed, &all(0, 9, (1, 1), &[]))),
    ]))),
    ("diffType", 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
        maybe("text", 2, 7, Type::Named("attachedTextType")),
        maybe("url", 2, 7, Type::Value(TEXT)),
        other(2, 7),
    ]))),
    ("encoding", 7, Type::Value(Words(&["base64"]))),
    ("energyConsumptionType", 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
        one("activity", 6, 7, Type::Value(Words(&[
            "design", "data-collection", "data-preparation", "training", "fine-tuning",
            "validation", "deployment", "inference", "other",
        ]))),
        some("energyProviders", 6, 7, (1, MANY), Type::Named("energyProviderType")),
        one("activityEnergyCost", 6, 7, Type::Named("energyMeasureType")),
        maybe("co2CostEquivalent", 6, 7, Type::Named("co2MeasureType")),
        maybe("co2CostOffset", 6, 7, Type::Named("co2MeasureType")),
        maybe("properties", 6, 7, Type::Named("propertiesType")),
    ]))),
    ("energyConsumptionsType", 7, Type::Parts(&[], Open, &all(0, 9, (0, MANY), &[
        one("energyConsumption", 6, 7, Type::Named("energyConsumptionType")),
        other(6, 7),
    ]))),
    ("energyMeasureType", 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
        one("value", 6, 7, Type::Value(NUMBER)),
        one("unit", 6, 7, Type::Value(Words(&["kWh"]))),
    ]))),
    ("energyProviderType", 7, Type::Parts(&[may("bom-ref", 6, 7, Named("refType"))], Closed, &all(0, 9, (1, 1), &[
        maybe("description", 6, 7, Type::Value(TEXT)),
        one("organization", 6, 7, Type::Named("organizationalEntity")),
        one("energySource", 6, 7, Type::Value(Words(&[
            "coal", "oil", "natural-gas", "nuclear", "wind", "solar", "geothermal", "hydropower",
            "biofuel", "unknown", "other",
        ]))),
        one("energyProvided", 6, 7, Type::Named("energyMeasureType")),
        maybe("externalReferences", 6, 7, Type::Named("externalReferences")),
    ]))),
    ("environmentalConsiderationsType", 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
        some("energyConsumptions", 6, 7, (0, MANY), Type::Named("energyConsumptionsType")),
        maybe("properties", 6, 7, Type::Named("propertiesType")),
    ]))),
    ("eventType", 7, Type::Parts(&[], Open, &all(0, 9, (1, 1), &[
        maybe("uid", 5, 7, Type::Value(TEXT)),
        maybe("description", 5, 7, Type::Value(TEXT)),
        maybe("timeReceived", 5, 7, Type::Value(Form(Form::XmlDateTime))),
        maybe("data", 5, 7, Type::Named("attachedTextType")),
        maybe("source", 5, 7, Type::Named("resourceReferenceType")),
        maybe("target", 5, 7, Type::Named("resourceReferenceType")),
        maybe("properties", 5, 7, Type::Named("propertiesType")),
        other(5, 7),
    ]))),
    ("evidenceTechnique", 7, Type::Value(Words(&[
        "source-code-analysis", "binary-analysis", "manifest-analysis", "ast-fingerprint",
        "hash-comparison", "instrumentation", "dynamic-analysis", "filename", "attestation",
        "other",
    ]))),
    ("externalReference", 7, Type::Parts(&[must("type", 1, 7, Named("externalReferenceType"))], Open, &all(0, 9, (1, 1), &[
        one("url", 1, 4, Type::Value(TEXT)),
        one("url", 5, 7, Type::Value(AnyOf(&[TEXT, Named("bomLinkType")]))),
        maybe("comment", 1, 7, Type::Value(TEXT)),
        maybe("hashes", 3, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
            one("hash", 3, 7, Type::Named("hashType")),
        ]))),
        maybe("properties", 7, 7, Type::Named("propertiesType")),
    ]))),
    ("externalReferenceType", 7, Type::Value(WordsBy(&[
        (0, 9, &[
            "vcs", "issue-tracker", "website", "advisories", "bom", "mailing-list", "social",
            "chat", "documentation", "support", "distribution", "license", "build-meta",
            "build-system", "other",
        ]),
        (4, 9, &["release-notes"]),
        (5, 9, &[
            "distribution-intake", "security-contact", "model-card", "log", "configuration",
            "evidence", "formulation", "attestation", "threat-model", "adversary-model",
            "risk-assessment", "vulnerability-assertion", "exploitability-statement",
            "pentest-report", "static-analysis-report", "dynamic-analysis-report",
            "runtime-analysis-report", "component-analysis-report", "maturity-report",
            "certification-report", "quality-metrics", "codified-infrastructure", "poam",
        ]),
        (6, 9, &["source-distribution", "electronic-signature", "digital-signature", "rfc-9116"]),
        (7, 9, &["patent", "patent-family", "patent-assertion", "citation"]),
    ]))),
    ("externalReferences", 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
        one("reference", 1, 7, Type::Named("externalReference")),
    ]))),
    ("formulaType", 7, Type::Parts(&[may("bom-ref", 5, 7, Named("refType"))], Open, &all(0, 9, (1, 1), &[
        maybe("components", 5, 7, Type::Named("componentsType")),
        maybe("services", 5, 7, Type::Named("servicesType")),
        maybe("workflows", 5, 7, Type::Named("workflowsType")),
        maybe("properties", 5, 7, Type::Named("propertiesType")),
    ]))),
    ("formulationType", 7, Type::Parts(&[], Open, &all(0, 9, (0, MANY), &[
        one("formula", 5, 7, Type::Named("formulaType")),
        other(5, 7),
    ]))),
    ("graphicsCollectionType", 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
        maybe("description", 5, 6, Type::Value(Any)),
        maybe("description", 7, 7, Type::Value(TEXT)),
        maybe("collection", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("graphic", 5, 7, (0, MANY), Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                maybe("name", 5, 7, Type::Value(TEXT)),
                maybe("image", 5, 7, Type::Named("attachedTextType")),
            ]))),
        ]))),
    ]))),
    ("hashAlg", 7, Type::Value(WordsBy(&[
        (0, 9, &["MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512", "SHA3-256", "SHA3-512"]),
        (2, 9, &["SHA3-384", "BLAKE2b-256", "BLAKE2b-384", "BLAKE2b-512", "BLAKE3"]),
        (7, 9, &["Streebog-256", "Streebog-512"]),
    ]))),
    ("hashType", 7, Type::Text(Named("hashValue"), &[must("alg", 0, 7, Named("hashAlg"))], Closed)),
    ("hashValue", 7, Type::Value(Collapsed(&Form(Form::Digest)))),
    ("identifiableActionType", 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
        maybe("timestamp", 1, 7, Type::Value(Form(Form::XmlDateTime))),
        maybe("name", 1, 7, Type::Value(TEXT)),
        maybe("email", 1, 7, Type::Value(TEXT)),
        other(1, 7),
    ]))),
    ("identityFieldType", 7, Type::Value(WordsBy(&[
        (0, 9, &["group", "name", "version", "purl", "cpe", "swid", "hash"]),
        (6, 9, &["omniborId", "swhid"]),
    ]))),
    ("impactAnalysisAffectedStatusType", 7, Type::Value(Words(&["affected", "unaffected", "unknown"]))),
    ("impactAnalysisJustificationType", 7, Type::Value(Words(&[
        "code_not_present", "code_not_reachable", "requires_configuration", "requires_dependency",
        "requires_environment", "protected_by_compiler", "protected_at_runtime",
        "protected_at_perimeter", "protected_by_mitigating_control",
    ]))),
    ("impactAnalysisResponsesType", 7, Type::Value(Words(&["can_not_fix", "will_not_fix", "update", "rollback", "workaround_available"]))),
    ("impactAnalysisStateType", 7, Type::Value(Words(&[
        "resolved", "resolved_with_pedigree", "exploitable", "in_triage", "false_positive",
        "not_affected",
    ]))),
    ("inputType", 7, Type::Parts(&[], Open, &all(0, 9, (1, 1), &[
        choice(5, 7, (1, 1), &[
            one("resource", 5, 7, Type::Named("resourceReferenceType")),
            one("parameters", 5, 7, Type::Named("parametersType")),
            one("environmentVars", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
                choice(5, 7, (1, 1), &[
                    maybe("environmentVar", 5, 7, Type::Named("propertyType")),
                    maybe("value", 5, 7, Type::Value(TEXT)),
                ]),
            ]))),
            one("data", 5, 7, Type::Named("attachedTextType")),
        ]),
        maybe("source", 5, 7, Type::Named("resourceReferenceType")),
        maybe("target", 5, 7, Type::Named("resourceReferenceType")),
        maybe("properties", 5, 7, Type::Named("propertiesType")),
        other(5, 7),
    ]))),
    ("issueClassification", 7, Type::Value(Words(&["defect", "enhancement", "security"]))),
    ("issueType", 7, Type::Parts(&[must("type", 2, 7, Named("issueClassification"))], Closed, &all(0, 9, (1, 1), &[
        maybe("id", 2, 7, Type::Value(TEXT)),
        maybe("name", 2, 7, Type::Value(TEXT)),
        maybe("description", 2, 7, Type::Value(TEXT)),
        maybe("source", 2, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            maybe("name", 2, 7, Type::Value(TEXT)),
            maybe("url", 2, 7, Type::Value(TEXT)),
        ]))),
        maybe("references", 2, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
            one("url", 2, 7, Type::Value(TEXT)),
        ]))),
        other(2, 7),
    ]))),
    ("licenseAcknowledgementEnumerationType", 7, Type::Value(Words(&["declared", "concluded"]))),
    ("licenseChoiceType", 6, Type::Parts(&[], Closed, &choice(0, 9, (1, 1), &[
        some("license", 3, 6, (0, MANY), Type::Named("licenseType")),
        maybe("expression", 3, 4, Type::Value(TEXT)),
        maybe("expression", 6, 6, Type::Text(TEXT, &[
            may("bom-ref", 6, 6, Named("refType")),
            may("acknowledgement", 6, 6, Named("licenseAcknowledgementEnumerationType")),
        ], Closed)),
        maybe("expression", 5, 5, Type::Text(TEXT, &[may("bom-ref", 5, 5, Named("refType"))], Closed)),
    ]))),
    ("licenseChoiceType", 7, Type::Parts(&[], Closed, &choice(0, 9, (0, MANY), &[
        one("license", 7, 7, Type::Named("licenseType")),
        one("expression", 7, 7, Type::Named("licenseExpressionType")),
        one("expression-detailed", 7, 7, Type::Named("licenseExpressionDetailedType")),
    ]))),
    ("licenseExpressionDetailedType", 7, Type::Parts(&[
        may("bom-ref", 7, 7, Named("refType")),
        may("acknowledgement", 7, 7, Named("licenseAcknowledgementEnumerationType")),
        must("expression", 7, 7, TEXT),
    ], Closed, &all(0, 9, (1, 1), &[
        some("details", 7, 7, (0, MANY), Type::Parts(&[
            must("license-identifier", 7, 7, TEXT),
            may("bom-ref", 7, 7, Named("refType")),
        ], Closed, &all(0, 9, (1, 1), &[
            maybe("text", 7, 7, Type::Named("attachedTextType")),
            maybe("url", 7, 7, Type::Value(TEXT)),
            other(7, 7),
        ]))),
        maybe("licensing", 7, 7, Type::Named("licensingType")),
        maybe("properties", 7, 7, Type::Named("propertiesType")),
        other(7, 7),
    ]))),
    ("licenseExpressionType", 7, Type::Text(TEXT, &[
        may("bom-ref", 7, 7, Named("refType")),
        may("acknowledgement", 7, 7, Named("licenseAcknowledgementEnumerationType")),
    ], Closed)),
    ("licenseTextType", 1, Type::Text(TEXT, &[
        may("content-type", 1, 1, TEXT),
        may("encoding", 1, 1, Named("encoding")),
    ], Closed)),
    ("licenseType", 7, Type::Parts(&[
        may("bom-ref", 5, 7, Named("refType")),
        may("acknowledgement", 6, 7, Named("licenseAcknowledgementEnumerationType")),
    ], Closed, &all(0, 9, (1, 1), &[
        choice(1, 7, (1, 1), &[
            maybe("id", 1, 5, Type::Value(Form(Form::LicenceId))),
            maybe("name", 1, 5, Type::Value(TEXT)),
            one("id", 6, 7, Type::Value(Form(Form::LicenceId))),
            one("name", 6, 7, Type::Value(TEXT)),
        ]),
        maybe("text", 1, 1, Type::Named("licenseTextType")),
        maybe("text", 5, 5, Type::Named("attachedTextType")),
        maybe("text", 2, 4, Type::Named("attachedTextType")),
        maybe("text", 6, 7, Type::Named("attachedTextType")),
        maybe("url", 1, 7, Type::Value(TEXT)),
        maybe("licensing", 5, 6, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            maybe("altIds", 5, 6, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("altId", 5, 6, (0, MANY), Type::Value(TEXT)),
            ]))),
            maybe("licensor", 5, 6, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                choice(5, 6, (1, 1), &[
                    maybe("organization", 5, 6, Type::Named("organizationalEntity")),
                    maybe("individual", 5, 6, Type::Named("organizationalContact")),
                ]),
            ]))),
            maybe("licensee", 5, 6, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                choice(5, 6, (1, 1), &[
                    maybe("organization", 5, 6, Type::Named("organizationalEntity")),
                    maybe("individual", 5, 6, Type::Named("organizationalContact")),
                ]),
            ]))),
            maybe("purchaser", 5, 6, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                choice(5, 6, (1, 1), &[
                    maybe("organization", 5, 6, Type::Named("organizationalEntity")),
                    maybe("individual", 5, 6, Type::Named("organizationalContact")),
                ]),
            ]))),
            maybe("purchaseOrder", 5, 6, Type::Value(TEXT)),
            maybe("licenseTypes", 5, 6, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("licenseType", 5, 6, (0, MANY), Type::Named("licenseTypeEnum")),
            ]))),
            maybe("lastRenewal", 5, 6, Type::Value(Form(Form::XmlDateTime))),
            maybe("expiration", 5, 6, Type::Value(Form(Form::XmlDateTime))),
            other(5, 6),
        ]))),
        maybe("licensing", 7, 7, Type::Named("licensingType")),
        maybe("properties", 5, 7, Type::Named("propertiesType")),
        other(1, 7),
    ]))),
    ("licenseTypeEnum", 7, Type::Value(Words(&[
        "academic", "appliance", "client-access", "concurrent-user", "core-points",
        "custom-metric", "device", "evaluation", "named-user", "node-locked", "oem", "perpetual",
        "processor-points", "subscription", "user", "other",
    ]))),
    ("licensingType", 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
        maybe("altIds", 7, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("altId", 7, 7, (0, MANY), Type::Value(TEXT)),
        ]))),
        maybe("licensor", 7, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            choice(7, 7, (1, 1), &[
                maybe("organization", 7, 7, Type::Named("organizationalEntity")),
                maybe("individual", 7, 7, Type::Named("organizationalContact")),
            ]),
        ]))),
        maybe("licensee", 7, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            choice(7, 7, (1, 1), &[
                maybe("organization", 7, 7, Type::Named("organizationalEntity")),
                maybe("individual", 7, 7, Type::Named("organizationalContact")),
            ]),
        ]))),
        maybe("purchaser", 7, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            choice(7, 7, (1, 1), &[
                maybe("organization", 7, 7, Type::Named("organizationalEntity")),
                maybe("individual", 7, 7, Type::Named("organizationalContact")),
            ]),
        ]))),
        maybe("purchaseOrder", 7, 7, Type::Value(TEXT)),
        maybe("licenseTypes", 7, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("licenseType", 7, 7, (0, MANY), Type::Named("licenseTypeEnum")),
        ]))),
        maybe("lastRenewal", 7, 7, Type::Value(Form(Form::XmlDateTime))),
        maybe("expiration", 7, 7, Type::Value(Form(Form::XmlDateTime))),
        other(7, 7),
    ]))),
    ("lifecyclePhaseType", 7, Type::Value(Words(&[
        "design", "pre-build", "build", "post-build", "operations", "discovery", "decommission",
    ]))),
    ("localeType", 7, Type::Value(Form(Form::Locale))),
    ("machineLearningApproachType", 7, Type::Value(Words(&[
        "supervised", "unsupervised", "reinforcement-learning", "semi-supervised",
        "self-supervised",
    ]))),
    ("metadata", 7, Type::Parts(&[], Foreign, &all(0, 9, (0, 1), &[
        maybe("timestamp", 2, 7, Type::Value(Form(Form::XmlDateTime))),
        maybe("lifecycles", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("lifecycle", 5, 7, (0, MANY), Type::Parts(&[], Closed, &choice(0, 9, (1, 1), &[
                all(5, 7, (1, 1), &[
                    one("phase", 5, 7, Type::Named("lifecyclePhaseType")),
                ]),
                all(5, 7, (1, 1), &[
                    one("name", 5, 7, Type::Value(TEXT)),
                    maybe("description", 5, 7, Type::Value(TEXT)),
                ]),
            ]))),
        ]))),
        maybe("tools", 2, 4, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
            maybe("tool", 2, 4, Type::Named("toolType")),
        ]))),
        maybe("tools", 7, 7, Type::Parts(&[], Closed, &choice(0, 9, (1, 1), &[
            all(7, 7, (0, MANY), &[
                maybe("tool", 7, 7, Type::Named("toolType")),
            ]),
            all(7, 7, (0, 1), &[
                maybe("components", 7, 7, Type::Named("componentsType")),
                maybe("services", 7, 7, Type::Named("servicesType")),
            ]),
        ]))),
        maybe("tools", 6, 6, Type::Parts(&[], Closed, &choice(0, 9, (1, 1), &[
            all(6, 6, (0, MANY), &[
                maybe("tool", 6, 6, Type::Named("toolType")),
            ]),
            all(6, 6, (0, 1), &[
                maybe("components", 6, 6, Type::Named("componentsType")),
                maybe("services", 6, 6, Type::Named("servicesType")),
            ]),
        ]))),
        maybe("tools", 5, 5, Type::Parts(&[], Closed, &choice(0, 9, (1, 1), &[
            all(5, 5, (0, MANY), &[
                maybe("tool", 5, 5, Type::Named("toolType")),
            ]),
            all(5, 5, (0, 1), &[
                maybe("components", 5, 5, Type::Named("componentsType")),
                maybe("services", 5, 5, Type::Named("servicesType")),
            ]),
        ]))),
        maybe("authors", 2, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
            one("author", 2, 7, Type::Named("organizationalContact")),
        ]))),
        maybe("component", 2, 7, Type::Named("component")),
        some("manufacture", 2, 2, (0, MANY), Type::Named("organizationalEntity")),
        some("supplier", 2, 2, (0, MANY), Type::Named("organizationalEntity")),
        maybe("manufacturer", 6, 7, Type::Named("organizationalEntity")),
        maybe("manufacture", 3, 7, Type::Named("organizationalEntity")),
        maybe("supplier", 3, 7, Type::Named("organizationalEntity")),
        maybe("licenses", 3, 7, Type::Named("licenseChoiceType")),
        maybe("properties", 3, 7, Type::Named("propertiesType")),
        maybe("distributionConstraints", 7, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            or_empty("tlp", 7, 7, (0, 1), Type::Named("tlpClassificationType")),
        ]))),
        other(2, 7),
    ]))),
    ("mimeType", 7, Type::Value(Collapsed(&Form(Form::MediaType)))),
    ("modelCardType", 7, Type::Parts(&[may("bom-ref", 5, 7, Named("refType"))], Closed, &all(0, 9, (1, 1), &[
        maybe("modelParameters", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            maybe("approach", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                maybe("type", 5, 7, Type::Named("machineLearningApproachType")),
            ]))),
            maybe("task", 5, 7, Type::Value(TEXT)),
            maybe("architectureFamily", 5, 7, Type::Value(TEXT)),
            maybe("modelArchitecture", 5, 7, Type::Value(TEXT)),
            maybe("datasets", 5, 7, Type::Parts(&[], Closed, &choice(0, 9, (0, MANY), &[
                maybe("ref", 5, 7, Type::Value(AnyOf(&[Named("refLinkType"), Named("bomLinkElementType")]))),
                maybe("dataset", 5, 7, Type::Named("componentDataType")),
            ]))),
            maybe("inputs", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("input", 5, 7, (0, MANY), Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                    one("format", 5, 7, Type::Value(TEXT)),
                ]))),
            ]))),
            maybe("outputs", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("output", 5, 7, (0, MANY), Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                    one("format", 5, 7, Type::Value(TEXT)),
                ]))),
            ]))),
        ]))),
        maybe("quantitativeAnalysis", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            maybe("performanceMetrics", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("performanceMetric", 5, 7, (0, MANY), Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                    maybe("type", 5, 7, Type::Value(TEXT)),
                    maybe("value", 5, 7, Type::Value(TEXT)),
                    maybe("slice", 5, 7, Type::Value(TEXT)),
                    maybe("confidenceInterval", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                        maybe("lowerBound", 5, 7, Type::Value(TEXT)),
                        maybe("upperBound", 5, 7, Type::Value(TEXT)),
                    ]))),
                ]))),
            ]))),
            maybe("graphics", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                maybe("description", 5, 7, Type::Value(TEXT)),
                maybe("collection", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                    some("graphic", 5, 7, (0, MANY), Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                        maybe("name", 5, 7, Type::Value(TEXT)),
                        maybe("image", 5, 7, Type::Named("attachedTextType")),
                    ]))),
                ]))),
            ]))),
        ]))),
        maybe("considerations", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            maybe("users", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("user", 5, 7, (0, MANY), Type::Value(TEXT)),
            ]))),
            maybe("useCases", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("useCase", 5, 7, (0, MANY), Type::Value(TEXT)),
            ]))),
            maybe("technicalLimitations", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("technicalLimitation", 5, 7, (0, MANY), Type::Value(TEXT)),
            ]))),
            maybe("performanceTradeoffs", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("performanceTradeoff", 5, 7, (0, MANY), Type::Value(TEXT)),
            ]))),
            maybe("ethicalConsiderations", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("ethicalConsideration", 5, 7, (0, MANY), Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                    maybe("name", 5, 7, Type::Value(TEXT)),
                    maybe("mitigationStrategy", 5, 7, Type::Value(TEXT)),
                ]))),
            ]))),
            maybe("environmentalConsiderations", 6, 7, Type::Named("environmentalConsiderationsType")),
            maybe("fairnessAssessments", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("fairnessAssessment", 5, 7, (0, MANY), Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                    maybe("groupAtRisk", 5, 7, Type::Value(TEXT)),
                    maybe("benefits", 5, 7, Type::Value(TEXT)),
                    maybe("harms", 5, 7, Type::Value(TEXT)),
                    maybe("mitigationStrategy", 5, 7, Type::Value(TEXT)),
                ]))),
            ]))),
        ]))),
        maybe("properties", 5, 7, Type::Named("propertiesType")),
    ]))),
    ("organizationOrIndividualType", 7, Type::Parts(&[], Closed, &choice(0, 9, (1, 1), &[
        maybe("organization", 5, 7, Type::Named("organizationalEntity")),
        maybe("individual", 5, 7, Type::Named("organizationalContact")),
    ]))),
    ("organizationalContact", 7, Type::Parts(&[may("bom-ref", 5, 7, Named("refType"))], Foreign, &all(0, 9, (0, 1), &[
        maybe("name", 2, 7, Type::Value(TEXT)),
        some("email", 2, 2, (0, MANY), Type::Value(TEXT)),
        some("phone", 2, 2, (0, MANY), Type::Value(TEXT)),
        maybe("email", 3, 7, Type::Value(TEXT)),
        maybe("phone", 3, 7, Type::Value(TEXT)),
        other(2, 7),
    ]))),
    ("organizationalEntity", 7, Type::Parts(&[may("bom-ref", 5, 7, Named("refType"))], Foreign, &all(0, 9, (0, 1), &[
        maybe("name", 2, 7, Type::Value(TEXT)),
        maybe("address", 6, 7, Type::Named("postalAddressType")),
        some("url", 2, 7, (0, MANY), Type::Value(TEXT)),
        some("contact", 2, 7, (0, MANY), Type::Named("organizationalContact")),
        other(2, 7),
    ]))),
    ("outputType", 7, Type::Parts(&[], Open, &all(0, 9, (1, 1), &[
        choice(5, 7, (1, 1), &[
            one("resource", 5, 7, Type::Named("resourceReferenceType")),
            one("environmentVars", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
                choice(5, 7, (1, 1), &[
                    maybe("environmentVar", 5, 7, Type::Named("propertyType")),
                    maybe("value", 5, 7, Type::Value(TEXT)),
                ]),
            ]))),
            one("data", 5, 7, Type::Named("attachedTextType")),
        ]),
        maybe("type", 5, 7, Type::Named("outputTypeEnum")),
        maybe("source", 5, 7, Type::Named("resourceReferenceType")),
        maybe("target", 5, 7, Type::Named("resourceReferenceType")),
        maybe("properties", 5, 7, Type::Named("propertiesType")),
        other(5, 7),
    ]))),
    ("outputTypeEnum", 7, Type::Value(Words(&["artifact", "attestation", "log", "evidence", "metrics", "other"]))),
    ("parameterType", 7, Type::Parts(&[], Open, &all(0, 9, (1, 1), &[
        maybe("name", 5, 7, Type::Value(TEXT)),
        maybe("value", 5, 7, Type::Value(TEXT)),
        maybe("dataType", 5, 7, Type::Value(TEXT)),
        other(5, 7),
    ]))),
    ("parametersType", 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
        some("parameter", 5, 7, (0, MANY), Type::Named("parameterType")),
    ]))),
    ("patchClassification", 7, Type::Value(Words(&["unofficial", "monkey", "backport", "cherry-pick"]))),
    ("patchType", 7, Type::Parts(&[must("type", 2, 7, Named("patchClassification"))], Closed, &all(0, 9, (1, 1), &[
        maybe("diff", 2, 7, Type::Named("diffType")),
        maybe("resolves", 2, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
            one("issue", 2, 7, Type::Named("issueType")),
        ]))),
        other(2, 7),
    ]))),
    ("patchesType", 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
        one("patch", 2, 7, Type::Named("patchType")),
        other(2, 7),
    ]))),
    ("patentAssertionType", 7, Type::Parts(&[may("bom-ref", 7, 7, Named("refType"))], Foreign, &all(0, 9, (1, 1), &[
        one("assertionType", 7, 7, Type::Named("patentAssertionTypeEnum")),
        maybe("patentRefs", 7, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("bom-ref", 7, 7, (1, MANY), Type::Value(TEXT)),
        ]))),
        one("asserter", 7, 7, Type::Parts(&[], Closed, &choice(0, 9, (1, 1), &[
            one("organization", 7, 7, Type::Named("organizationalEntity")),
            one("contact", 7, 7, Type::Named("organizationalContact")),
            one("ref", 7, 7, Type::Named("refLinkType")),
        ]))),
        maybe("notes", 7, 7, Type::Value(TEXT)),
    ]))),
    ("patentAssertionTypeEnum", 7, Type::Value(Words(&[
        "ownership", "license", "third-party-claim", "standards-inclusion", "prior-art",
        "exclusive-rights", "non-assertion", "research-or-evaluation",
    ]))),
    ("patentFamilyType", 7, Type::Parts(&[may("bom-ref", 7, 7, Named("refType"))], Foreign, &all(0, 9, (1, 1), &[
        one("familyId", 7, 7, Type::Value(TEXT)),
        maybe("priorityApplication", 7, 7, Type::Named("priorityApplicationType")),
        maybe("members", 7, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("ref", 7, 7, (1, MANY), Type::Named("refLinkType")),
        ]))),
        maybe("externalReferences", 7, 7, Type::Named("externalReferences")),
    ]))),
    ("patentFilingDateType", 7, Type::Value(Form(Form::XmlDate))),
    ("patentJurisdictionType", 7, Type::Value(Form(Form::Country))),
    ("patentLegalStatusEnum", 7, Type::Value(Words(&[
        "pending", "granted", "revoked", "expired", "lapsed", "withdrawn", "abandoned",
        "suspended", "reinstated", "opposed", "terminated", "invalidated", "in-force",
    ]))),
    ("patentNumberType", 7, Type::Value(Form(Form::PatentNumber))),
    ("patentType", 7, Type::Parts(&[may("bom-ref", 7, 7, Named("refType"))], Foreign, &all(0, 9, (1, 1), &[
        one("patentNumber", 7, 7, Type::Named("patentNumberType")),
        maybe("applicationNumber", 7, 7, Type::Named("patentNumberType")),
        one("jurisdiction", 7, 7, Type::Named("patentJurisdictionType")),
        maybe("priorityApplication", 7, 7, Type::Named("priorityApplicationType")),
        maybe("publicationNumber", 7, 7, Type::Named("patentNumberType")),
        maybe("title", 7, 7, Type::Value(TEXT)),
        maybe("abstract", 7, 7, Type::Value(TEXT)),
        maybe("filingDate", 7, 7, Type::Value(Form(Form::XmlDate))),
        maybe("grantDate", 7, 7, Type::Value(Form(Form::XmlDate))),
        maybe("patentExpirationDate", 7, 7, Type::Value(Form(Form::XmlDate))),
        one("patentLegalStatus", 7, 7, Type::Named("patentLegalStatusEnum")),
        some("patentAssignee", 7, 7, (0, MANY), Type::Named("organizationOrIndividualType")),
        maybe("externalReferences", 7, 7, Type::Named("externalReferences")),
    ]))),
    ("pedigreeType", 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
        maybe("ancestors", 1, 7, Type::Named("componentsType")),
        maybe("descendants", 1, 7, Type::Named("componentsType")),
        maybe("variants", 1, 7, Type::Named("componentsType")),
        maybe("commits", 1, 7, Type::Named("commitsType")),
        maybe("patches", 2, 7, Type::Named("patchesType")),
        maybe("notes", 1, 7, Type::Value(TEXT)),
        other(1, 7),
    ]))),
    ("postalAddressType", 7, Type::Parts(&[may("bom-ref", 6, 7, Named("refType"))], Closed, &all(0, 9, (1, 1), &[
        maybe("country", 6, 7, Type::Value(TEXT)),
        maybe("region", 6, 7, Type::Value(TEXT)),
        maybe("locality", 6, 7, Type::Value(TEXT)),
        maybe("postOfficeBoxNumber", 6, 7, Type::Value(TEXT)),
        maybe("postalCode", 6, 7, Type::Value(TEXT)),
        maybe("streetAddress", 6, 7, Type::Value(TEXT)),
    ]))),
    ("priorityApplicationType", 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
        one("applicationNumber", 7, 7, Type::Named("patentNumberType")),
        one("jurisdiction", 7, 7, Type::Named("patentJurisdictionType")),
        one("filingDate", 7, 7, Type::Named("patentFilingDateType")),
    ]))),
    ("propertiesType", 7, Type::Parts(&[], Open, &all(0, 9, (0, MANY), &[
        one("property", 3, 7, Type::Named("propertyType")),
        other(3, 7),
    ]))),
    ("propertyType", 7, Type::Text(TEXT, &[must("name", 3, 7, TEXT)], Closed)),
    ("ratingType", 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
        maybe("source", 4, 7, Type::Named("vulnerabilitySourceType")),
        maybe("score", 4, 7, Type::Value(NUMBER)),
        maybe("severity", 4, 7, Type::Named("severityType")),
        maybe("method", 4, 7, Type::Named("scoreSourceType")),
        maybe("vector", 4, 7, Type::Value(TEXT)),
        maybe("justification", 4, 7, Type::Value(TEXT)),
    ]))),
    ("refLinkType", 7, Type::Value(Named("refType"))),
    ("refType", 4, Type::Value(TEXT)),
    ("refType", 7, Type::Value(Text(1, usize::MAX))),
    ("releaseNotesType", 7, Type::Parts(&[], Open, &all(0, 9, (0, MANY), &[
        one("type", 4, 7, Type::Value(TEXT)),
        maybe("title", 4, 7, Type::Value(TEXT)),
        maybe("featuredImage", 4, 7, Type::Value(TEXT)),
        maybe("socialImage", 4, 7, Type::Value(TEXT)),
        maybe("description", 4, 7, Type::Value(TEXT)),
        maybe("timestamp", 4, 7, Type::Value(Form(Form::XmlDateTime))),
        maybe("aliases", 4, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
            one("alias", 4, 7, Type::Value(TEXT)),
        ]))),
        maybe("tags", 4, 5, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
            one("tag", 4, 5, Type::Value(TEXT)),
        ]))),
        maybe("tags", 7, 7, Type::Named("tagsType")),
        maybe("tags", 6, 6, Type::Named("tagsType")),
        maybe("resolves", 4, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
            one("issue", 4, 7, Type::Named("issueType")),
        ]))),
        maybe("notes", 4, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
            one("note", 4, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
                maybe("locale", 4, 7, Type::Named("localeType")),
                one("text", 4, 7, Type::Named("attachedTextType")),
            ]))),
        ]))),
        maybe("properties", 4, 7, Type::Named("propertiesType")),
        other(4, 7),
    ]))),
    ("resourceReferenceType", 7, Type::Parts(&[], Open, &all(0, 9, (1, 1), &[
        choice(5, 7, (1, 1), &[
            one("ref", 5, 7, Type::Value(AnyOf(&[Named("refLinkType"), Named("bomLinkElementType")]))),
            one("externalReference", 5, 7, Type::Named("externalReference")),
        ]),
        other(5, 7),
    ]))),
    ("resourceReferencesType", 7, Type::Parts(&[], Open, &all(0, 9, (1, 1), &[
        some("resourceReference", 5, 7, (0, MANY), Type::Named("resourceReferenceType")),
        other(5, 7),
    ]))),
    ("scope", 7, Type::Value(Words(&["required", "optional", "excluded"]))),
    ("scoreSourceType", 7, Type::Value(WordsBy(&[
        (0, 9, &["CVSSv2", "CVSSv3", "CVSSv31", "OWASP", "other"]),
        (5, 9, &["CVSSv4", "SSVC"]),
    ]))),
    ("service", 7, Type::Parts(&[may("bom-ref", 2, 7, Named("refType"))], Open, &all(0, 9, (1, 1), &[
        maybe("provider", 2, 7, Type::Named("organizationalEntity")),
        maybe("group", 2, 7, Type::Value(TEXT)),
        one("name", 2, 7, Type::Value(TEXT)),
        maybe("version", 2, 5, Type::Value(TEXT)),
        maybe("version", 6, 7, Type::Named("versionType")),
        maybe("description", 2, 7, Type::Value(TEXT)),
        maybe("endpoints", 2, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
            one("endpoint", 2, 7, Type::Value(TEXT)),
        ]))),
        maybe("authenticated", 2, 7, Type::Value(Flag)),
        maybe("x-trust-boundary", 2, 7, Type::Value(Flag)),
        maybe("trustZone", 5, 7, Type::Value(TEXT)),
        maybe("data", 2, 4, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
            one("classification", 2, 4, Type::Named("dataClassificationType")),
        ]))),
        maybe("data", 7, 7, Type::Parts(&[], Closed, &choice(0, 9, (1, 1), &[
            all(7, 7, (0, MANY), &[
                one("classification", 7, 7, Type::Named("dataClassificationType")),
            ]),
            some("dataflow", 7, 7, (0, MANY), Type::Parts(&[may("name", 7, 7, TEXT), may("description", 7, 7, TEXT)], Open, &all(0, 9, (1, 1), &[
                maybe("classification", 7, 7, Type::Named("dataClassificationType")),
                maybe("governance", 7, 7, Type::Named("dataGovernance")),
                maybe("source", 7, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
                    one("url", 7, 7, Type::Value(AnyOf(&[TEXT, Named("bomLinkElementType")]))),
                ]))),
                maybe("destination", 7, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
                    one("url", 7, 7, Type::Value(AnyOf(&[TEXT, Named("bomLinkElementType")]))),
                ]))),
            ]))),
        ]))),
        maybe("data", 6, 6, Type::Parts(&[], Closed, &choice(0, 9, (1, 1), &[
            all(6, 6, (0, MANY), &[
                one("classification", 6, 6, Type::Named("dataClassificationType")),
            ]),
            some("dataflow", 6, 6, (0, MANY), Type::Parts(&[may("name", 6, 6, TEXT), may("description", 6, 6, TEXT)], Open, &all(0, 9, (1, 1), &[
                maybe("classification", 6, 6, Type::Named("dataClassificationType")),
                maybe("governance", 6, 6, Type::Named("dataGovernance")),
                maybe("source", 6, 6, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
                    one("url", 6, 6, Type::Value(AnyOf(&[TEXT, Named("bomLinkElementType")]))),
                ]))),
                maybe("destination", 6, 6, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
                    one("url", 6, 6, Type::Value(AnyOf(&[TEXT, Named("bomLinkElementType")]))),
                ]))),
            ]))),
        ]))),
        maybe("data", 5, 5, Type::Parts(&[], Closed, &choice(0, 9, (1, 1), &[
            all(5, 5, (0, MANY), &[
                one("classification", 5, 5, Type::Named("dataClassificationType")),
            ]),
            some("dataflow", 5, 5, (0, MANY), Type::Parts(&[may("name", 5, 5, TEXT), may("description", 5, 5, TEXT)], Open, &all(0, 9, (1, 1), &[
                maybe("classification", 5, 5, Type::Named("dataClassificationType")),
                maybe("governance", 5, 5, Type::Named("dataGovernance")),
                maybe("source", 5, 5, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
                    one("url", 5, 5, Type::Value(AnyOf(&[TEXT, Named("bomLinkElementType")]))),
                ]))),
                maybe("destination", 5, 5, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
                    one("url", 5, 5, Type::Value(AnyOf(&[TEXT, Named("bomLinkElementType")]))),
                ]))),
            ]))),
        ]))),
        maybe("licenses", 2, 2, Type::Parts(&[], Closed, &choice(0, 9, (1, 1), &[
            some("license", 2, 2, (0, MANY), Type::Named("licenseType")),
            maybe("expression", 2, 2, Type::Value(TEXT)),
        ]))),
        maybe("licenses", 7, 7, Type::Named("licenseChoiceType")),
        maybe("licenses", 4, 4, Type::Named("licenseChoiceType")),
        maybe("licenses", 3, 3, Type::Named("licenseChoiceType")),
        maybe("licenses", 5, 6, Type::Named("licenseChoiceType")),
        maybe("patentAssertions", 7, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
            one("patentAssertion", 7, 7, Type::Named("patentAssertionType")),
        ]))),
        maybe("externalReferences", 2, 7, Type::Named("externalReferences")),
        maybe("properties", 3, 7, Type::Named("propertiesType")),
        maybe("services", 2, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
            one("service", 2, 7, Type::Named("service")),
            other(2, 7),
        ]))),
        maybe("releaseNotes", 4, 7, Type::Named("releaseNotesType")),
        maybe("tags", 6, 7, Type::Named("tagsType")),
        other(2, 7),
    ]))),
    ("servicesType", 7, Type::Parts(&[], Open, &all(0, 9, (0, MANY), &[
        one("service", 2, 7, Type::Named("service")),
        other(2, 7),
    ]))),
    ("severityType", 7, Type::Value(Words(&["critical", "high", "medium", "low", "info", "none", "unknown"]))),
    ("standard", 7, Type::Parts(&[may("bom-ref", 6, 7, Named("refType"))], Foreign, &all(0, 9, (1, 1), &[
        one("name", 6, 7, Type::Value(TEXT)),
        one("version", 6, 7, Type::Value(TEXT)),
        one("description", 6, 7, Type::Value(TEXT)),
        one("owner", 6, 7, Type::Value(TEXT)),
        maybe("requirements", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("requirement", 6, 7, (0, MANY), Type::Parts(&[may("bom-ref", 6, 7, Named("refType"))], Foreign, &all(0, 9, (1, 1), &[
                maybe("identifier", 6, 7, Type::Value(TEXT)),
                maybe("title", 6, 7, Type::Value(TEXT)),
                maybe("text", 6, 7, Type::Value(TEXT)),
                maybe("descriptions", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                    some("description", 6, 7, (0, MANY), Type::Value(TEXT)),
                ]))),
                some("openCre", 6, 7, (0, MANY), Type::Value(Form(Form::Cre))),
                maybe("parent", 6, 7, Type::Named("refLinkType")),
                maybe("properties", 6, 7, Type::Named("propertiesType")),
                maybe("externalReferences", 6, 7, Type::Named("externalReferences")),
            ]))),
        ]))),
        maybe("levels", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("level", 6, 7, (0, MANY), Type::Parts(&[may("bom-ref", 6, 7, Named("refType"))], Foreign, &all(0, 9, (1, 1), &[
                maybe("identifier", 6, 7, Type::Value(TEXT)),
                maybe("title", 6, 7, Type::Value(TEXT)),
                maybe("description", 6, 7, Type::Value(TEXT)),
                maybe("requirements", 6, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                    some("requirement", 6, 7, (0, MANY), Type::Named("refLinkType")),
                ]))),
            ]))),
        ]))),
        maybe("externalReferences", 6, 7, Type::Named("externalReferences")),
        other(6, 7),
    ]))),
    ("standardsType", 7, Type::Parts(&[], Open, &all(0, 9, (0, MANY), &[
        one("standard", 6, 7, Type::Named("standard")),
        other(6, 7),
    ]))),
    ("stepType", 7, Type::Parts(&[], Open, &all(0, 9, (1, 1), &[
        maybe("name", 5, 7, Type::Value(TEXT)),
        maybe("description", 5, 7, Type::Value(TEXT)),
        maybe("commands", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("command", 5, 7, (0, MANY), Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                maybe("executed", 5, 7, Type::Value(TEXT)),
                maybe("properties", 5, 7, Type::Named("propertiesType")),
            ]))),
        ]))),
        maybe("properties", 5, 7, Type::Named("propertiesType")),
        other(5, 7),
    ]))),
    ("swidType", 7, Type::Parts(&[
        must("tagId", 2, 7, TEXT),
        must("name", 2, 7, TEXT),
        may("version", 2, 7, TEXT),
        may("tagVersion", 2, 7, WHOLE),
        may("patch", 2, 7, Flag),
    ], Closed, &all(0, 9, (1, 1), &[
        maybe("text", 2, 7, Type::Named("attachedTextType")),
        maybe("url", 2, 7, Type::Value(TEXT)),
        other(2, 7),
    ]))),
    ("tagsType", 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
        one("tag", 6, 7, Type::Value(TEXT)),
    ]))),
    ("taskType", 7, Type::Parts(&[must("bom-ref", 5, 7, Named("refType"))], Open, &all(0, 9, (1, 1), &[
        one("uid", 5, 7, Type::Value(TEXT)),
        maybe("name", 5, 7, Type::Value(TEXT)),
        maybe("description", 5, 7, Type::Value(TEXT)),
        maybe("resourceReferences", 5, 7, Type::Named("resourceReferencesType")),
        one("taskTypes", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("taskType", 5, 7, (0, MANY), Type::Named("taskTypeEnum")),
        ]))),
        maybe("trigger", 5, 7, Type::Named("triggerType")),
        maybe("steps", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("step", 5, 7, (0, MANY), Type::Named("stepType")),
        ]))),
        maybe("inputs", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("input", 5, 7, (0, MANY), Type::Named("inputType")),
        ]))),
        maybe("outputs", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("output", 5, 7, (0, MANY), Type::Named("outputType")),
        ]))),
        maybe("timeStart", 5, 7, Type::Value(Form(Form::XmlDateTime))),
        maybe("timeEnd", 5, 7, Type::Value(Form(Form::XmlDateTime))),
        maybe("workspaces", 5, 7, Type::Named("workspacesType")),
        maybe("runtimeTopology", 5, 7, Type::Named("dependenciesType")),
        maybe("properties", 5, 7, Type::Named("propertiesType")),
        other(5, 7),
    ]))),
    ("taskTypeEnum", 7, Type::Value(Words(&[
        "copy", "clone", "lint", "scan", "merge", "build", "test", "deliver", "deploy", "release",
        "clean", "other",
    ]))),
    ("tasksType", 7, Type::Parts(&[], Open, &all(0, 9, (1, 1), &[
        some("task", 5, 7, (0, MANY), Type::Named("taskType")),
        other(5, 7),
    ]))),
    ("tlpClassificationType", 7, Type::Value(Words(&["CLEAR", "GREEN", "AMBER", "AMBER_AND_STRICT", "RED"]))),
    ("toolType", 7, Type::Parts(&[], Foreign, &all(0, 9, (0, 1), &[
        maybe("vendor", 2, 7, Type::Value(TEXT)),
        maybe("name", 2, 7, Type::Value(TEXT)),
        maybe("version", 2, 5, Type::Value(TEXT)),
        maybe("version", 6, 7, Type::Named("versionType")),
        maybe("hashes", 2, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
            one("hash", 2, 7, Type::Named("hashType")),
        ]))),
        maybe("externalReferences", 4, 7, Type::Named("externalReferences")),
        other(2, 7),
    ]))),
    ("triggerType", 7, Type::Parts(&[must("bom-ref", 5, 7, Named("refType"))], Open, &all(0, 9, (1, 1), &[
        one("uid", 5, 7, Type::Value(TEXT)),
        maybe("name", 5, 7, Type::Value(TEXT)),
        maybe("description", 5, 7, Type::Value(TEXT)),
        maybe("resourceReferences", 5, 7, Type::Named("resourceReferencesType")),
        one("type", 5, 7, Type::Named("triggerTypeType")),
        maybe("event", 5, 7, Type::Named("eventType")),
        maybe("conditions", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("condition", 5, 7, (0, MANY), Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                maybe("description", 5, 7, Type::Value(TEXT)),
                maybe("expression", 5, 7, Type::Value(TEXT)),
                maybe("properties", 5, 7, Type::Named("propertiesType")),
            ]))),
        ]))),
        maybe("timeActivated", 5, 7, Type::Value(Form(Form::XmlDateTime))),
        maybe("inputs", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("input", 5, 7, (0, MANY), Type::Named("inputType")),
        ]))),
        maybe("outputs", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("output", 5, 7, (0, MANY), Type::Named("outputType")),
        ]))),
        maybe("properties", 5, 7, Type::Named("propertiesType")),
        other(5, 7),
    ]))),
    ("triggerTypeType", 7, Type::Value(Words(&["manual", "api", "webhook", "scheduled"]))),
    ("urnUuid", 7, Type::Value(Form(Form::SerialOrBraced))),
    ("versionRangeType", 7, Type::Value(Text(1, 4096))),
    ("versionType", 7, Type::Value(Text(0, 1024))),
    ("volumeModeEnum", 7, Type::Value(Words(&["filesystem", "block"]))),
    ("volumeType", 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
        maybe("uid", 5, 7, Type::Value(TEXT)),
        maybe("name", 5, 7, Type::Value(TEXT)),
        or_empty("mode", 5, 7, (0, 1), Type::Named("volumeModeEnum")),
        maybe("path", 5, 7, Type::Value(TEXT)),
        maybe("sizeAllocated", 5, 7, Type::Value(TEXT)),
        maybe("persistent", 5, 7, Type::Value(Flag)),
        maybe("remote", 5, 7, Type::Value(Flag)),
        maybe("properties", 5, 7, Type::Named("propertiesType")),
    ]))),
    ("vulnerabilitiesType", 7, Type::Parts(&[], Open, &all(0, 9, (0, MANY), &[
        one("vulnerability", 4, 7, Type::Named("vulnerabilityType")),
        other(4, 7),
    ]))),
    ("vulnerabilitySourceType", 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
        maybe("name", 4, 7, Type::Value(TEXT)),
        maybe("url", 4, 7, Type::Value(TEXT)),
    ]))),
    ("vulnerabilityType", 7, Type::Parts(&[may("bom-ref", 4, 7, Named("refType"))], Closed, &all(0, 9, (0, 1), &[
        maybe("id", 4, 7, Type::Value(TEXT)),
        maybe("source", 4, 7, Type::Named("vulnerabilitySourceType")),
        maybe("references", 4, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
            one("reference", 4, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                maybe("id", 4, 4, Type::Value(TEXT)),
                maybe("source", 4, 4, Type::Named("vulnerabilitySourceType")),
                one("id", 5, 7, Type::Value(TEXT)),
                one("source", 5, 7, Type::Named("vulnerabilitySourceType")),
            ]))),
            other(4, 7),
        ]))),
        maybe("ratings", 4, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("rating", 4, 7, (0, MANY), Type::Named("ratingType")),
        ]))),
        maybe("cwes", 4, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("cwe", 4, 7, (0, MANY), Type::Value(WHOLE)),
        ]))),
        maybe("description", 4, 7, Type::Value(TEXT)),
        maybe("detail", 4, 7, Type::Value(TEXT)),
        maybe("recommendation", 4, 7, Type::Value(TEXT)),
        maybe("workaround", 5, 7, Type::Value(TEXT)),
        maybe("proofOfConcept", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            maybe("reproductionSteps", 5, 7, Type::Value(TEXT)),
            maybe("environment", 5, 7, Type::Value(TEXT)),
            maybe("supportingMaterial", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
                some("attachment", 5, 7, (0, MANY), Type::Named("attachedTextType")),
            ]))),
        ]))),
        maybe("advisories", 4, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("advisory", 4, 7, (0, MANY), Type::Named("advisoryType")),
        ]))),
        maybe("created", 4, 7, Type::Value(Form(Form::XmlDateTime))),
        maybe("published", 4, 7, Type::Value(Form(Form::XmlDateTime))),
        maybe("updated", 4, 7, Type::Value(Form(Form::XmlDateTime))),
        maybe("rejected", 5, 7, Type::Value(Form(Form::XmlDateTime))),
        maybe("credits", 4, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            maybe("organizations", 4, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
                one("organization", 4, 7, Type::Named("organizationalEntity")),
            ]))),
            maybe("individuals", 4, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
                one("individual", 4, 7, Type::Named("organizationalContact")),
            ]))),
        ]))),
        maybe("tools", 4, 4, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
            maybe("tool", 4, 4, Type::Named("toolType")),
        ]))),
        maybe("tools", 7, 7, Type::Parts(&[], Closed, &choice(0, 9, (1, 1), &[
            all(7, 7, (0, MANY), &[
                maybe("tool", 7, 7, Type::Named("toolType")),
            ]),
            all(7, 7, (0, 1), &[
                maybe("components", 7, 7, Type::Named("componentsType")),
                maybe("services", 7, 7, Type::Named("servicesType")),
            ]),
        ]))),
        maybe("tools", 6, 6, Type::Parts(&[], Closed, &choice(0, 9, (1, 1), &[
            all(6, 6, (0, MANY), &[
                maybe("tool", 6, 6, Type::Named("toolType")),
            ]),
            all(6, 6, (0, 1), &[
                maybe("components", 6, 6, Type::Named("componentsType")),
                maybe("services", 6, 6, Type::Named("servicesType")),
            ]),
        ]))),
        maybe("tools", 5, 5, Type::Parts(&[], Closed, &choice(0, 9, (1, 1), &[
            all(5, 5, (0, MANY), &[
                maybe("tool", 5, 5, Type::Named("toolType")),
            ]),
            all(5, 5, (0, 1), &[
                maybe("components", 5, 5, Type::Named("componentsType")),
                maybe("services", 5, 5, Type::Named("servicesType")),
            ]),
        ]))),
        maybe("analysis", 4, 7, Type::Parts(&[], Closed, &all(0, 9, (0, 1), &[
            maybe("state", 4, 7, Type::Named("impactAnalysisStateType")),
            maybe("justification", 4, 7, Type::Named("impactAnalysisJustificationType")),
            maybe("responses", 4, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
                one("response", 4, 7, Type::Named("impactAnalysisResponsesType")),
            ]))),
            maybe("detail", 4, 7, Type::Value(TEXT)),
            maybe("firstIssued", 5, 7, Type::Value(Form(Form::XmlDateTime))),
            maybe("lastUpdated", 5, 7, Type::Value(Form(Form::XmlDateTime))),
        ]))),
        maybe("affects", 4, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
            one("target", 4, 7, Type::Parts(&[], Closed, &all(0, 9, (0, 1), &[
                one("ref", 4, 4, Type::Named("refType")),
                one("ref", 5, 7, Type::Value(AnyOf(&[Named("refLinkType"), Named("bomLinkElementType")]))),
                maybe("versions", 4, 7, Type::Parts(&[], Closed, &all(0, 9, (0, MANY), &[
                    one("version", 4, 7, Type::Parts(&[], Closed, &all(0, 9, (0, 1), &[
                        choice(4, 7, (1, 1), &[
                            one("version", 4, 5, Type::Value(TEXT)),
                            one("version", 6, 7, Type::Named("versionType")),
                            one("range", 4, 5, Type::Value(TEXT)),
                            one("range", 7, 7, Type::Named("versionRangeType")),
                            one("range", 6, 6, Type::Named("versionRangeType")),
                        ]),
                        or_empty("status", 4, 7, (0, 1), Type::Named("impactAnalysisAffectedStatusType")),
                    ]))),
                ]))),
            ]))),
        ]))),
        maybe("properties", 4, 7, Type::Named("propertiesType")),
    ]))),
    ("workflowType", 7, Type::Parts(&[must("bom-ref", 5, 7, Named("refType"))], Open, &all(0, 9, (1, 1), &[
        one("uid", 5, 7, Type::Value(TEXT)),
        maybe("name", 5, 7, Type::Value(TEXT)),
        maybe("description", 5, 7, Type::Value(TEXT)),
        maybe("resourceReferences", 5, 7, Type::Named("resourceReferencesType")),
        maybe("tasks", 5, 7, Type::Named("tasksType")),
        maybe("taskDependencies", 5, 7, Type::Named("dependenciesType")),
        one("taskTypes", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("taskType", 5, 7, (0, MANY), Type::Named("taskTypeEnum")),
        ]))),
        maybe("trigger", 5, 7, Type::Named("triggerType")),
        maybe("steps", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("step", 5, 7, (0, MANY), Type::Named("stepType")),
        ]))),
        maybe("inputs", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("input", 5, 7, (0, MANY), Type::Named("inputType")),
        ]))),
        maybe("outputs", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("output", 5, 7, (0, MANY), Type::Named("outputType")),
        ]))),
        maybe("timeStart", 5, 7, Type::Value(Form(Form::XmlDateTime))),
        maybe("timeEnd", 5, 7, Type::Value(Form(Form::XmlDateTime))),
        maybe("workspaces", 5, 7, Type::Named("workspacesType")),
        maybe("runtimeTopology", 5, 7, Type::Named("dependenciesType")),
        maybe("properties", 5, 7, Type::Named("propertiesType")),
        other(5, 7),
    ]))),
    ("workflowsType", 7, Type::Parts(&[], Open, &all(0, 9, (1, 1), &[
        some("workflow", 5, 7, (0, MANY), Type::Named("workflowType")),
        other(5, 7),
    ]))),
    ("workspaceType", 7, Type::Parts(&[must("bom-ref", 5, 7, Named("refType"))], Open, &all(0, 9, (0, MANY), &[
        one("uid", 5, 7, Type::Value(TEXT)),
        maybe("name", 5, 7, Type::Value(TEXT)),
        maybe("aliases", 5, 7, Type::Parts(&[], Closed, &all(0, 9, (1, 1), &[
            some("alias", 5, 7, (0, MANY), Type::Value(TEXT)),
        ]))),
        maybe("description", 5, 7, Type::Value(TEXT)),
        maybe("resourceReferences", 5, 7, Type::Named("resourceReferencesType")),
        maybe("accessMode", 5, 7, Type::Named("accessModeEnum")),
        maybe("mountPath", 5, 7, Type::Value(TEXT)),
        maybe("managedDataType", 5, 7, Type::Value(TEXT)),
        maybe("volumeRequest", 5, 7, Type::Value(TEXT)),
        maybe("volume", 5, 7, Type::Named("volumeType")),
        maybe("properties", 5, 7, Type::Named("propertiesType")),
        other(5, 7),
    ]))),
    ("workspacesType", 7, Type::Parts(&[], Open, &all(0, 9, (1, 1), &[
        some("workspace", 5, 7, (0, MANY), Type::Named("workspaceType")),
        other(5, 7),
    ]))),
];
