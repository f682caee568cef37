using Memento.Tables.Documents;

namespace Memento.Tables;

/// <summary>The derived types that a record type names with [JsonDerivedType].</summary>
internal static class DerivedTypes
{
    /// <summary>All but the type itself.</summary>
    public static IReadOnlyList<Type> Of(Type recordType)
        => DocumentFormat.Options.GetTypeInfo(recordType).PolymorphismOptions is { } options
            ?
            [
                .. options.DerivedTypes.Select(static derived => derived.DerivedType)
                    .Where(type => type != recordType),
            ]
            : [];
}
