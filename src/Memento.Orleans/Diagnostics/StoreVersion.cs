using System.Reflection;

namespace Memento.Diagnostics;

/// <summary>The version of the store, as its package has it.</summary>
internal static class StoreVersion
{
    public static string Text { get; } = typeof(StoreVersion).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
        .InformationalVersion.Split('+')[0];
}
