namespace Memento.Tables.Documents;

/// <summary>Tells the types of .NET from those of applications.</summary>
internal static class Framework
{
    public static bool Has(Type type)
    {
        string name = type.Assembly.GetName().Name!;
        return type.Assembly == typeof(object).Assembly
            || name.StartsWith("System.", StringComparison.Ordinal);
    }
}
