namespace Memento.Tables;

/// <summary>
/// Names how the values of a type are encoded in keys. Types of one name have the same bytes, so
/// that a property may change from one to the other: an int to a long, an enum to its integer.
/// </summary>
internal static class EncodingName
{
    public static string Of(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.SByte or TypeCode.Int16 or TypeCode.Int32 or TypeCode.Int64 => "int64",
        TypeCode.Byte or TypeCode.UInt16 or TypeCode.UInt32 => "int64",
        TypeCode.UInt64 => "uint64",
        TypeCode.Single or TypeCode.Double => "double",
        TypeCode.Boolean => "bool",
        TypeCode.Char => "char",
        TypeCode.Decimal => "decimal",
        TypeCode.String => "string",
        TypeCode.DateTime => "datetime",
        _ => type.Name.ToLowerInvariant(),
    };
}
