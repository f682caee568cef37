using System.Runtime.CompilerServices;

namespace Memento.Keys;

/// <summary>The names of types as a C# programmer writes them, for messages.</summary>
internal static class TypeName
{
    public static string Of<T>() => Of(typeof(T));

    public static string Of(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying) return Of(underlying) + "?";

        if (type.IsEnum || type.IsArray) return type.Name;

        if (type.IsGenericType)
        {
            string arguments = string.Join(", ", type.GetGenericArguments().Select(Of));
            bool isTuple = type.IsValueType && type.IsAssignableTo(typeof(ITuple));
            return isTuple ? $"({arguments})" : $"{type.Name.Split('`')[0]}<{arguments}>";
        }

        return Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => "bool",
            TypeCode.Char => "char",
            TypeCode.SByte => "sbyte",
            TypeCode.Byte => "byte",
            TypeCode.Int16 => "short",
            TypeCode.UInt16 => "ushort",
            TypeCode.Int32 => "int",
            TypeCode.UInt32 => "uint",
            TypeCode.Int64 => "long",
            TypeCode.UInt64 => "ulong",
            TypeCode.Single => "float",
            TypeCode.Double => "double",
            TypeCode.Decimal => "decimal",
            TypeCode.String => "string",
            _ => type == typeof(object) ? "object" : type.Name,
        };
    }
}
