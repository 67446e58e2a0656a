//! Real pairs, made for these tests with `openssl`; they protect nothing.

use super::*;

const RSA_CERTIFICATE: &str = "\
-----BEGIN CERTIFICATE-----
MIIB+jCCAWOgAwIBAgIUVQzSnzRmBEyoES3tQlNrrjBct88wDQYJKoZIhvcNAQEL
BQAwDjEMMAoGA1UEAwwDcnNhMCAXDTI2MTEyMzEyNTEzM1oYDzIxMjYxMDMwMTI1
MTMzWjAOMQwwCgYDVQQDDANyc2EwgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGB
ALyxGqY07QRZGy0ujn2eEv6SIFmXLLo0EeLtxLEnY6eX5Vxsp5Gjyl2L/7XeW8ui
ukTkX+38XWYvcdflSCZoiHqd09iW3iaQttD0mwrx5gqRB9mF/WeNDtGJcu0OVmA9
Mxd6L3fv4Uy3rONRPg1/OZLEfvlkel2rl5L4JpkiSCenAgMBAAGjUzBRMB0GA1Ud
DgQWBBS3qTKV8IFm7JiGDdpZRPP6RnX48jAfBgNVHSMEGDAWgBS3qTKV8IFm7JiG
DdpZRPP6RnX48jAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4GBAICT
XL4Vm/cOIguV1/P0cnAQ5SLT9eLY3QuSqposIZAmj/MOfXb/siUmL56FxKwxFVfT
RcKRzuYA9AJu2EZOHcR2XgjcgnBFuvaDTMP/RkCs7SiutmxBECXG+yf0UynCMaQw
g0w6nUlQPXlOitB8bXhZB5Kd1q6N1UjNElv+L+zu
-----END CERTIFICATE-----
";

const RSA_PKCS1: &str = "\
-----BEGIN RSA PRIVATE KEY-----
MIICXQIBAAKBgQC8sRqmNO0EWRstLo59nhL+kiBZlyy6NBHi7cSxJ2Onl+VcbKeR
o8pdi/+13lvLorpE5F/t/F1mL3HX5UgmaIh6ndPYlt4mkLbQ9JsK8eYKkQfZhf1n
jQ7RiXLtDlZgPTMXei937+FMt6zjUT4NfzmSxH75ZHpdq5eS+CaZIkgnpwIDAQAB
AoGAcXTUH0gHk+u4KYyq5OFdbnCSvwvlOvkAIEDzWcnjY+wzX0V95FZl4aXCVaqj
62enNLFU9RYfWsgAXd5haabFGFyLk0QENqe4YsKZZj7dJL3Q5SPvPDFr0z5Jlk4F
Z0RbbAC3uWhHmSGrVVAN2/Yg1Y08HNg9tdRUxjyG8BJSaEECQQDnyxGAAbxhzPg0
6C5RUXlf4fUt5a1273RllhoF+1G7AMMGOAyRl92iUD+sRcSC9yc/rYpqTQTOKnmn
8W9l5yBRAkEA0GW6/tp5dqC0zc7X2Bpo+PtcHuUyTk3L2iyY4PaFmn0qu1NUqBfe
ofScgJT+L2GrjC/xlH2hTOODTSI6eb+CdwJABf+bVFS3K1DCm5vmlvQkz/ZpAecP
tiQ8PuTDh6QZWV2Lrn2E1b+4XJr3Ct5DV6BNw7gZ/OZBWZR/0XjOCTUSAQJBAJMh
n9pa6TKl18EObjm2u7I91RZC/zdlma0Zm34Izt75y/ehp71dzONPTkdB6gwNyw4Y
s1kBMaaVYphMuDhIy5UCQQDRNgWT6+hil9CIbYlsuRLtj5ODUJZvi0oAvox0PPaK
1nhcSMOcAzhuuoIAdeS+6fh1lWvc04Gb9LM5d7N4s0eB
-----END RSA PRIVATE KEY-----
";

const RSA_PKCS8: &str = "\
-----BEGIN PRIVATE KEY-----
MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBALyxGqY07QRZGy0u
jn2eEv6SIFmXLLo0EeLtxLEnY6eX5Vxsp5Gjyl2L/7XeW8uiukTkX+38XWYvcdfl
SCZoiHqd09iW3iaQttD0mwrx5gqRB9mF/WeNDtGJcu0OVmA9Mxd6L3fv4Uy3rONR
Pg1/OZLEfvlkel2rl5L4JpkiSCenAgMBAAECgYBxdNQfSAeT67gpjKrk4V1ucJK/
C+U6+QAgQPNZyeNj7DNfRX3kVmXhpcJVqqPrZ6c0sVT1Fh9ayABd3mFppsUYXIuT
RAQ2p7hiwplmPt0kvdDlI+88MWvTPkmWTgVnRFtsALe5aEeZIatVUA3b9iDVjTwc
2D211FTGPIbwElJoQQJBAOfLEYABvGHM+DToLlFReV/h9S3lrXbvdGWWGgX7UbsA
wwY4DJGX3aJQP6xFxIL3Jz+timpNBM4qeafxb2XnIFECQQDQZbr+2nl2oLTNztfY
Gmj4+1we5TJOTcvaLJjg9oWafSq7U1SoF96h9JyAlP4vYauML/GUfaFM44NNIjp5
v4J3AkAF/5tUVLcrUMKbm+aW9CTP9mkB5w+2JDw+5MOHpBlZXYuufYTVv7hcmvcK
3kNXoE3DuBn85kFZlH/ReM4JNRIBAkEAkyGf2lrpMqXXwQ5uOba7sj3VFkL/N2WZ
rRmbfgjO3vnL96GnvV3M409OR0HqDA3LDhizWQExppVimEy4OEjLlQJBANE2BZPr
6GKX0IhtiWy5Eu2Pk4NQlm+LSgC+jHQ89orWeFxIw5wDOG66ggB15L7p+HWVa9zT
gZv0szl3s3izR4E=
-----END PRIVATE KEY-----
";

const CURVE_CERTIFICATE: &str = "\
-----BEGIN CERTIFICATE-----
MIIBcTCCARegAwIBAgIUdsDQmgmpiQyS/2JpU+HpYgDxoqQwCgYIKoZIzj0EAwIw
DTELMAkGA1UEAwwCZWMwIBcNMjYxMTIzMTI1MTMzWhgPMjEyNjEwMzAxMjUxMzNa
MA0xCzAJBgNVBAMMAmVjMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE4hAJZQz1
315htJkh7YMW6wHGzVKfVcpUBonoHZEpNlPuyvL0Hv5IPl27bN3cnyclDqyo9DsA
5jkmrHtKuBmBPaNTMFEwHQYDVR0OBBYEFIK5q/37mPAFMgEaIka/D3EFm3M9MB8G
A1UdIwQYMBaAFIK5q/37mPAFMgEaIka/D3EFm3M9MA8GA1UdEwEB/wQFMAMBAf8w
CgYIKoZIzj0EAwIDSAAwRQIhAIZSj30L+bIaW5LFvhFQ8PTR/zIDlZvJ5kjSsYaF
b9dmAiAXm5FEf1P8qG5SvMAIsi8byYVOoQNvLqFP5nbhUlpfxQ==
-----END CERTIFICATE-----
";

const CURVE_SEC1: &str = "\
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEINRm5f+Ct4Z08tcuy1KmIcZxUkiqMKE3cPEaWdRIgffSoAoGCCqGSM49
AwEHoUQDQgAE4hAJZQz1315htJkh7YMW6wHGzVKfVcpUBonoHZEpNlPuyvL0Hv5I
Pl27bN3cnyclDqyo9DsA5jkmrHtKuBmBPQ==
-----END EC PRIVATE KEY-----
";

const CURVE_PKCS8: &str = "\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg1Gbl/4K3hnTy1y7L
UqYhxnFSSKowoTdw8RpZ1EiB99KhRANCAATiEAllDPXfXmG0mSHtgxbrAcbNUp9V
ylQGiegdkSk2U+7K8vQe/kg+Xbts3dyfJyUOrKj0OwDmOSase0q4GYE9
-----END PRIVATE KEY-----
";

const OTHER_CURVE_SEC1: &str = "\
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEINEVA+xzusDnuF8UAYj3qe+4Pz4V13T9IAmgWFBaXo7QoAoGCCqGSM49
AwEHoUQDQgAEZZUErKUtr70x4OpfXyY9UnYn0WAmF5iMZQWBvNvqNR3odXGhs0yx
GfVQMCzkYCeX3FIpLetLva3nhWy29kagdA==
-----END EC PRIVATE KEY-----
";

const ED25519_CERTIFICATE: &str = "\
-----BEGIN CERTIFICATE-----
MIIBMDCB46ADAgECAhRF4WPIjPXEAPoGMRojJKVPyPOEZDAFBgMrZXAwDTELMAkG
A1UEAwwCZWQwIBcNMjYxMTIzMTI1MTMzWhgPMjEyNjEwMzAxMjUxMzNaMA0xCzAJ
BgNVBAMMAmVkMCowBQYDK2VwAyEAos/KNVZhFCNmIJaGeTOViHPnj59/yDmMql6T
buaJej2jUzBRMB0GA1UdDgQWBBQr2decxK8dNP7zghPgw58K/tM+JjAfBgNVHSME
GDAWgBQr2decxK8dNP7zghPgw58K/tM+JjAPBgNVHRMBAf8EBTADAQH/MAUGAytl
cANBAHiXSED0/bc8uaBM0nIVywxie+9YC96N+8LV5D7/dbl0R6LFIk/4is1bP199
bXFX9PY0w52OIz5f/mrZNVtADgc=
-----END CERTIFICATE-----
";

const ED25519_PKCS8: &str = "\
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEILK4rNbbdkGysrB/W9VB6m8cBoz6MyKXw9HOtnnx1nos
-----END PRIVATE KEY-----
";

#[test]
fn pairs_of_every_form_belong_together() {
    for (name, certificate, key) in [
        ("rsa, pkcs1", RSA_CERTIFICATE, RSA_PKCS1),
        ("rsa, pkcs8", RSA_CERTIFICATE, RSA_PKCS8),
        ("curve, sec1", CURVE_CERTIFICATE, CURVE_SEC1),
        ("curve, pkcs8", CURVE_CERTIFICATE, CURVE_PKCS8),
        ("ed25519, pkcs8", ED25519_CERTIFICATE, ED25519_PKCS8),
    ] {
        assert_eq!(check_pair(certificate, key), Ok(()), "{name}");
    }
}

#[test]
fn a_key_of_another_certificate_is_refused() {
    for (name, certificate, key) in [
        ("same curve", CURVE_CERTIFICATE, OTHER_CURVE_SEC1),
        ("other algorithm", CURVE_CERTIFICATE, RSA_PKCS8),
        ("other algorithm", RSA_CERTIFICATE, ED25519_PKCS8),
    ] {
        assert_eq!(check_pair(certificate, key), Err(PemError::Mismatch), "{name}");
    }
}

#[test]
fn the_first_certificate_of_a_chain_counts() {
    let chain = format!("{CURVE_CERTIFICATE}{RSA_CERTIFICATE}");
    assert_eq!(check_pair(&chain, CURVE_SEC1), Ok(()));
    assert_eq!(check_pair(&chain, RSA_PKCS1), Err(PemError::Mismatch));
}

#[test]
fn what_is_not_pem_is_named() {
    let truncated = "-----BEGIN CERTIFICATE-----\nMIIBcTCC\n-----END CERTIFICATE-----\n";
    for (text, error) in [
        ("", PemError::NoCertificate),
        ("not a certificate", PemError::NoCertificate),
        (CURVE_SEC1, PemError::NoCertificate),
        (truncated, PemError::MalformedCertificate),
    ] {
        assert_eq!(check_certificate(text), Err(error), "{text}");
    }
    assert_eq!(check_pair(RSA_CERTIFICATE, "secret"), Err(PemError::NoKey));
    let malformed = "-----BEGIN PRIVATE KEY-----\nMIIBcTCC\n-----END PRIVATE KEY-----\n";
    assert_eq!(check_pair(RSA_CERTIFICATE, malformed), Err(PemError::MalformedKey));
}
