using System.Reflection;

namespace Memento.Tests.Documentation;

/// <summary>
/// The names that an application can use: the public types and members of the store.
/// </summary>
internal static class PublicNames
{
    private const BindingFlags Members = BindingFlags.Public | BindingFlags.Instance
        | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IReadOnlyList<Type> Types { get; } =
        [.. Assemblies.SelectMany(static assembly => assembly.GetExportedTypes())];

    /// <summary>The simple names, of attributes without "Attribute" too.</summary>
    public static IReadOnlySet<string> All { get; } = Types
        .SelectMany(static type => Of(type).Append(type.Name.Split('`')[0]))
        .SelectMany(static name => (string[])[name, WithoutAttribute(name)])
        .ToHashSet(StringComparer.Ordinal);

    private static Assembly[] Assemblies =>
    [
        typeof(IMemento).Assembly, typeof(MementoHost).Assembly, typeof(SqliteOptions).Assembly,
        typeof(PostgreSqlOptions).Assembly,
        typeof(MementoTestCluster).Assembly,
    ];

    public static IEnumerable<string> Of(Type type)
        => type.GetMembers(Members)
            .Where(static member => member is not MethodBase { IsSpecialName: true })
            .Select(static member => member.Name);

    private static string WithoutAttribute(string name)
        => name.EndsWith("Attribute", StringComparison.Ordinal)
            ? name[..^"Attribute".Length]
            : name;
}
