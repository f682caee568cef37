namespace Memento.Queries.Evaluation;

/// <summary>C#'s implicit numeric conversions.</summary>
internal static class NumericConversion
{
    public static bool IsImplicit(Type from, Type to)
    {
        TypeCode source = Type.GetTypeCode(from);
        TypeCode target = Type.GetTypeCode(to);
        if (to.IsEnum || from.IsEnum)
            return false;

        return source switch
        {
            TypeCode.SByte => target is TypeCode.Int16 or TypeCode.Int32 or TypeCode.Int64
                || IsFraction(target),
            TypeCode.Byte => target is TypeCode.Int16 || IsAtLeastUInt16(target),
            TypeCode.Char => IsAtLeastUInt16(target),
            TypeCode.Int16 => target is TypeCode.Int32 or TypeCode.Int64 || IsFraction(target),
            TypeCode.UInt16 => target is not TypeCode.UInt16 && IsAtLeastUInt16(target),
            TypeCode.Int32 => target is TypeCode.Int64 || IsFraction(target),
            TypeCode.UInt32 => target is TypeCode.Int64 or TypeCode.UInt64 || IsFraction(target),
            TypeCode.Int64 or TypeCode.UInt64 => IsFraction(target),
            TypeCode.Single => target is TypeCode.Double,
            _ => false,
        };
    }

    /// <summary>Whether an implicit conversion may give the nearest number only.</summary>
    public static bool Rounds(Type from, Type to) => Type.GetTypeCode(to) switch
    {
        TypeCode.Single => Type.GetTypeCode(from) is TypeCode.Int32 or TypeCode.UInt32
            or TypeCode.Int64 or TypeCode.UInt64,
        TypeCode.Double => Type.GetTypeCode(from) is TypeCode.Int64 or TypeCode.UInt64,
        _ => false,
    };

    private static bool IsAtLeastUInt16(TypeCode target)
        => target is TypeCode.UInt16 or TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Int64
            or TypeCode.UInt64 || IsFraction(target);

    private static bool IsFraction(TypeCode target)
        => target is TypeCode.Single or TypeCode.Double or TypeCode.Decimal;
}
