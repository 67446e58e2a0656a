//! A walk over an object by way of its serialisation, in which every text of a type of its own is handed to the check of
//! that type. The path of the field is made on the way, from the names that the API has. Pure.

use std::fmt;

use serde::ser::{self, Serialize, SerializeMap, SerializeSeq, SerializeStruct};

use super::{Check, Fault};
use crate::check::invalid::Invalid;

/// Checks the texts of `object` whose type `check_of` knows.
pub(super) fn texts<T: Serialize>(object: &T, check_of: fn(&str) -> Option<Check>) -> Result<(), Invalid> {
    let mut path = String::new();
    let walk = Walk {
        path: &mut path,
        check_of,
        check: None,
    };
    match object.serialize(walk) {
        Ok(()) => Ok(()),
        Err(Stop::Fault(fault)) => Err(Invalid::new(path, fault)),
        Err(Stop::Other(message)) => Err(Invalid::new(path, Unwalkable(message))),
    }
}

/// Something that cannot be serialised, which no type of the API is.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Unwalkable(String);

/// Why the walk ends early. The path is then that of the field.
#[derive(Debug)]
enum Stop {
    Fault(Fault),
    Other(String),
}

impl fmt::Display for Stop {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(fault) => fault.fmt(formatter),
            Self::Other(message) => formatter.write_str(message),
        }
    }
}

impl std::error::Error for Stop {}

impl ser::Error for Stop {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Other(message.to_string())
    }
}

struct Walk<'a> {
    path: &'a mut String,
    check_of: fn(&str) -> Option<Check>,
    /// What the text that comes next must pass.
    check: Option<Check>,
}

/// The walk through what has parts.
struct Parts<'a> {
    path: &'a mut String,
    check_of: fn(&str) -> Option<Check>,
    index: usize,
    key: String,
}

impl<'a> Walk<'a> {
    fn parts(self) -> Parts<'a> {
        Parts {
            path: self.path,
            check_of: self.check_of,
            index: 0,
            key: String::new(),
        }
    }
}

impl Parts<'_> {
    /// Walks through one part, whose step is added to the path meanwhile.
    fn part<T: Serialize + ?Sized>(&mut self, step: fmt::Arguments<'_>, value: &T) -> Result<(), Stop> {
        use fmt::Write;
        let length = self.path.len();
        write!(self.path, "{step}").map_err(ser::Error::custom)?;
        value.serialize(Walk {
            path: self.path,
            check_of: self.check_of,
            check: None,
        })?;
        self.path.truncate(length);
        Ok(())
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Stop> {
        let dot = if self.path.is_empty() { "" } else { "." };
        self.part(format_args!("{dot}{name}"), value)
    }
}

/// Scalars without a format.
macro_rules! nothing_to_check {
    ($($method:ident($type:ty)),+ $(,)?) => {
        $(fn $method(self, _: $type) -> Result<(), Stop> { Ok(()) })+
    };
}

impl<'a> ser::Serializer for Walk<'a> {
    type Ok = ();
    type Error = Stop;
    type SerializeSeq = Parts<'a>;
    type SerializeTuple = ser::Impossible<(), Stop>;
    type SerializeTupleStruct = ser::Impossible<(), Stop>;
    type SerializeTupleVariant = ser::Impossible<(), Stop>;
    type SerializeMap = Parts<'a>;
    type SerializeStruct = Parts<'a>;
    type SerializeStructVariant = ser::Impossible<(), Stop>;

    nothing_to_check!(
        serialize_bool(bool),
        serialize_i8(i8),
        serialize_i16(i16),
        serialize_i32(i32),
        serialize_i64(i64),
        serialize_u8(u8),
        serialize_u16(u16),
        serialize_u32(u32),
        serialize_u64(u64),
        serialize_f32(f32),
        serialize_f64(f64),
        serialize_char(char),
        serialize_bytes(&[u8]),
        serialize_unit_struct(&'static str),
    );

    fn serialize_str(self, text: &str) -> Result<(), Stop> {
        match self.check {
            Some(check) => check(text, self.path).map_err(Stop::Fault),
            None => Ok(()),
        }
    }

    fn serialize_none(self) -> Result<(), Stop> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Stop> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Stop> {
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<(), Stop> {
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<(), Stop> {
        let check = (self.check_of)(name);
        value.serialize(Walk { check, ..self })
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), Stop> {
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Parts<'a>, Stop> {
        Ok(self.parts())
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Stop> {
        Err(ser::Error::custom("no field of the API is a tuple"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Stop> {
        Err(ser::Error::custom("no field of the API is a tuple"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Stop> {
        Err(ser::Error::custom("no field of the API is a tuple"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Parts<'a>, Stop> {
        Ok(self.parts())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Parts<'a>, Stop> {
        Ok(self.parts())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Stop> {
        Err(ser::Error::custom("no field of the API is a variant with fields"))
    }
}

impl SerializeSeq for Parts<'_> {
    type Ok = ();
    type Error = Stop;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
        let index = self.index;
        self.index += 1;
        self.part(format_args!("[{index}]"), value)
    }

    fn end(self) -> Result<(), Stop> {
        Ok(())
    }
}

impl SerializeMap for Parts<'_> {
    type Ok = ();
    type Error = Stop;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Stop> {
        self.key = serde_json::to_string(key).map_err(ser::Error::custom)?;
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
        let key = std::mem::take(&mut self.key);
        // The fields of a flattened struct come as a map, too.
        match key
            .strip_prefix('"')
            .and_then(|key| key.strip_suffix('"'))
            .filter(|key| is_name(key))
        {
            Some(name) => self.field(name, value),
            None => self.part(format_args!("[{key}]"), value),
        }
    }

    fn end(self) -> Result<(), Stop> {
        Ok(())
    }
}

impl SerializeStruct for Parts<'_> {
    type Ok = ();
    type Error = Stop;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Stop> {
        self.field(name, value)
    }

    fn end(self) -> Result<(), Stop> {
        Ok(())
    }
}

fn is_name(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
