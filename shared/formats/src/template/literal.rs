//! Numbers, as the lexer of templates finds them and `strconv` of Go reads them: integers of 64 bits, floating point,
//! both also in other bases, and complex numbers. Pure.

use super::letter::is_name;

const DECIMAL: &str = "0123456789_";

/// What a number with a zero and a letter in front is made of.
struct Base {
    letter: char,
    radix: u32,
    /// Its digits, and the underscore between them.
    digits: &'static str,
    /// What begins an exponent.
    exponent: &'static [char],
}

const BASES: [Base; 3] = [
    Base {
        letter: 'x',
        radix: 16,
        digits: "0123456789abcdefABCDEF_",
        exponent: &['p', 'P'],
    },
    Base {
        letter: 'o',
        radix: 8,
        digits: "01234567_",
        exponent: &[],
    },
    Base {
        letter: 'b',
        radix: 2,
        digits: "01_",
        exponent: &[],
    },
];

/// Length of the number at the start of `text`, if it is one.
pub(super) fn number(text: &str) -> Option<usize> {
    let length = scanned(text)?;
    let (number, rest) = text.split_at_checked(length)?;
    if !rest.starts_with(['+', '-']) {
        return is_number(number).then_some(length);
    }
    let (imaginary, _) = rest.split_at_checked(scanned(rest)?)?;
    let is_complex = is_float(number) && is_float(imaginary.strip_suffix('i')?);
    is_complex.then_some(length + imaginary.len())
}

/// Length of what looks like a number; none if a letter follows.
fn scanned(text: &str) -> Option<usize> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (digits, exponent, mut rest) = match based(unsigned) {
        Some((base, rest)) => (base.digits, base.exponent, rest),
        None => (DECIMAL, ['e', 'E'].as_slice(), unsigned),
    };
    let is_digit = |character| digits.contains(character);
    rest = rest.trim_start_matches(is_digit);
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = fraction.trim_start_matches(is_digit);
    }
    if let Some(exponent) = rest.strip_prefix(exponent) {
        let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        rest = unsigned.trim_start_matches(|character| DECIMAL.contains(character));
    }
    rest = rest.strip_prefix('i').unwrap_or(rest);
    (!rest.starts_with(is_name)).then(|| text.len() - rest.len())
}

/// The base of a number, and what follows it.
fn based(unsigned: &str) -> Option<(&'static Base, &str)> {
    let behind = unsigned.strip_prefix('0')?;
    BASES.iter().find_map(|base| {
        let rest = behind.strip_prefix([base.letter, base.letter.to_ascii_uppercase()])?;
        Some((base, rest))
    })
}

fn is_number(text: &str) -> bool {
    if let Some(imaginary) = text.strip_suffix('i') {
        return is_float(imaginary);
    }
    // What is written as an integer must fit into one.
    is_integer(text) || text.contains(['.', 'e', 'E', 'p', 'P']) && is_float(text)
}

fn is_integer(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (radix, digits) = match (based(unsigned), unsigned.strip_prefix('0')) {
        (Some((base, digits)), _) if !digits.is_empty() => (base.radix, digits),
        (_, Some(octal)) => (8, octal),
        _ if unsigned.is_empty() => return false,
        _ => (10, unsigned),
    };
    let add = |value: u64, digit: char| {
        let digit = digit.to_digit(radix)?;
        value.checked_mul(u64::from(radix))?.checked_add(u64::from(digit))
    };
    let value = digits.chars().filter(|digit| *digit != '_').try_fold(0, add);
    let largest = match text.chars().next() {
        Some('-') => 1 << 63,
        Some('+') => (1 << 63) - 1,
        _ => u64::MAX,
    };
    value.is_some_and(|value| value <= largest) && underscores_separate_digits(text)
}

fn is_float(text: &str) -> bool {
    if !underscores_separate_digits(text) {
        return false;
    }
    let text = text.replace('_', "");
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(&text);
    if let Some(hexadecimal) = unsigned.strip_prefix("0x").or_else(|| unsigned.strip_prefix("0X")) {
        return is_hexadecimal_float(hexadecimal).unwrap_or(false);
    }
    // Words such as `inf` never get here: they begin with a letter.
    text.parse().is_ok_and(f64::is_finite)
}

/// Whether `text` after `0x` is a number of floating point that is not too large for 64 bits.
fn is_hexadecimal_float(text: &str) -> Option<bool> {
    let (mantissa, exponent) = text.split_once(['p', 'P'])?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: Option<Vec<u64>> = whole
        .chars()
        .chain(fraction.chars())
        .map(|digit| digit.to_digit(16).map(u64::from))
        .collect();
    let digits = digits.filter(|digits| !digits.is_empty())?;
    let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if unsigned.is_empty() || !unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let Some(first) = digits.iter().position(|digit| *digit != 0) else {
        return Some(true);
    };
    let leading = digits.iter().skip(first).chain(std::iter::repeat(&0)).take(16);
    let bits = leading.fold(0_u64, |bits, digit| bits << 4 | digit);
    // A digit is four bits; the value is between 2^power and 2^(power + 1).
    let digits_in_front = i64::try_from(whole.len()).ok()? - i64::try_from(first).ok()?;
    let shift = exponent
        .parse::<i64>()
        .unwrap_or(if exponent.starts_with('-') { i64::MIN } else { i64::MAX });
    let power = (4 * digits_in_front - 1 - i64::from(bits.leading_zeros())).saturating_add(shift);
    // 53 bits are kept, and the next one rounds up.
    let rounds_up = bits << bits.leading_zeros() >> 10 == (1 << 54) - 1;
    Some(power < 1023 || power == 1023 && !rounds_up)
}

/// Whether each underscore is between two digits, or between the base and a digit.
fn underscores_separate_digits(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let based = based(unsigned);
    let is_hexadecimal = based.is_some_and(|(base, _)| base.radix == 16);
    let is_digit = |byte: &u8| byte.is_ascii_digit() || is_hexadecimal && byte.is_ascii_hexdigit();
    let bytes = unsigned.as_bytes();
    bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'_')
        .all(|(index, _)| {
            let follows_base = based.is_some() && index == 2;
            let follows_digit = index > 0 && bytes.get(index - 1).is_some_and(is_digit);
            (follows_base || follows_digit) && bytes.get(index + 1).is_some_and(is_digit)
        })
}
