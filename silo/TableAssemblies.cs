using System.Reflection;
using System.Runtime.Loader;

namespace Memento.Silo;

/// <summary>
/// Loads the assemblies that the configuration names, before Orleans is set up: Orleans finds the
/// grains only in loaded assemblies.
/// </summary>
internal static class TableAssemblies
{
    private const string Setting = SiloOptions.Section + ":" + nameof(SiloOptions.Assemblies);

    /// <exception cref="SiloConfigurationException">
    /// An assembly cannot be found or loaded, or has no table.
    /// </exception>
    public static IReadOnlyList<Assembly> Load(SiloOptions options)
    {
        List<Assembly> assemblies = [];
        if (options.HostSamples) assemblies.Add(typeof(Movies.Tables.Movie).Assembly);
        assemblies.AddRange(options.Assemblies.Select(Load));
        return [.. assemblies.Distinct()];
    }

    /// <summary>The types of an assembly that are tables.</summary>
    public static IReadOnlyList<Type> TablesOf(Assembly assembly)
        => [.. assembly.GetTypes().Where(
            static type => type.IsDefined(typeof(TableAttribute), inherit: false))];

    private static Assembly Load(string name)
    {
        try
        {
            Assembly assembly = IsPath(name)
                ? LoadFile(Path.GetFullPath(name))
                : Assembly.Load(new AssemblyName(name));
            return TablesOf(assembly).Count > 0
                ? assembly
                : throw new SiloConfigurationException(
                    $"Assembly '{name}', which {Setting} names, has no type with [Table]. Mark its "
                    + "record types, or leave it out.");
        }
        catch (FileNotFoundException failure)
        {
            string advice = IsPath(name)
                ? $"there is no {Path.GetFullPath(name)}. Build it, or name the path where it is."
                : $"it is not in {AppContext.BaseDirectory}. Put it there, or give the path of "
                    + "its .dll.";
            throw new SiloConfigurationException(
                $"Assembly '{name}', which {Setting} names, cannot be found: {advice}",
                failure);
        }
        catch (Exception failure) when (failure
            is FileLoadException or BadImageFormatException or ReflectionTypeLoadException)
        {
            throw new SiloConfigurationException(
                $"Assembly '{name}', which {Setting} names, cannot be loaded: {failure.Message} "
                + "Build it for this version of .NET, with what it needs beside it.",
                failure);
        }
    }

    private static bool IsPath(string name)
        => name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
            || name.Contains(Path.DirectorySeparatorChar)
            || name.Contains(Path.AltDirectorySeparatorChar);

    private static Assembly LoadFile(string path)
    {
        // Its dependencies are beside the assembly, not beside this program.
        if (!File.Exists(path)) throw new FileNotFoundException(null, path);

        var resolver = new AssemblyDependencyResolver(path);
        AssemblyLoadContext.Default.Resolving += (context, needed) =>
            resolver.ResolveAssemblyToPath(needed) is { } found
                ? context.LoadFromAssemblyPath(found)
                : null;
        return AssemblyLoadContext.Default.LoadFromAssemblyPath(path);
    }
}
