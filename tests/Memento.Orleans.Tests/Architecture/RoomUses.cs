using Memento.Tests.Documentation;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Memento.Tests.Architecture;

/// <summary>
/// Finds, by the compiler's own understanding of the source, which room of the store uses which
/// types of which other room: a using directive may be missing or idle, a use is not.
/// </summary>
internal static class RoomUses
{
    /// <summary>The assembly of the SQLite provider, as a room beside those of the store.</summary>
    public const string Sqlite = "Memento.Orleans.Sqlite";

    private static readonly string Source = Path.Combine(Repository.Root, "src", "Memento.Orleans");

    public static IReadOnlyList<RoomUse> Find()
    {
        CSharpCompilation compilation = Compile();
        HashSet<RoomUse> uses = [];
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
        {
            if (RoomOf(tree.FilePath) is not { } room) continue;

            SemanticModel model = compilation.GetSemanticModel(tree);
            foreach (SimpleNameSyntax name in tree.GetRoot().DescendantNodes()
                .OfType<SimpleNameSyntax>())
            {
                if (TypeOf(model.GetSymbolInfo(name)) is not { } type) continue;
                if (RoomOf(type) is { } used && used != room)
                    uses.Add(new RoomUse(room, used, type.Name, Path.GetFileName(tree.FilePath)));
            }
        }

        return [.. uses];
    }

    public static IReadOnlyList<string> Rooms()
        => [.. Directory.GetDirectories(Source)
            .Select(static directory => Path.GetFileName(directory)!)
            .Where(static name => name is not ("bin" or "obj"))
            .Order(StringComparer.Ordinal)];

    private static CSharpCompilation Compile()
    {
        string usings = string.Join('\n', ((string[])
        [
            "Orleans", "Orleans.Hosting", "Orleans.Runtime", "System", "System.Collections.Generic",
            "System.IO", "System.Linq", "System.Threading", "System.Threading.Tasks",
        ]).Select(static space => $"global using {space};"));
        var options = new CSharpParseOptions(LanguageVersion.CSharp14);
        return CSharpCompilation.Create(
            "Memento.Orleans",
            Rooms().SelectMany(static room => Directory.GetFiles(
                    Path.Combine(Source, room), "*.cs", SearchOption.AllDirectories))
                .Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), options, file))
                .Append(CSharpSyntaxTree.ParseText(usings, options)),
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
                .Split(Path.PathSeparator)
                .Where(static path => Path.GetFileName(path) is not (
                    "Memento.Orleans.dll" or "Memento.Orleans.Tests.dll"))
                .Select(static path => MetadataReference.CreateFromFile(path)));
    }

    private static INamedTypeSymbol? TypeOf(SymbolInfo info)
    {
        ISymbol? symbol = info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
        INamedTypeSymbol? type = symbol as INamedTypeSymbol ?? symbol?.ContainingType;
        while (type?.ContainingType is { } outer)
            type = outer;
        return type?.OriginalDefinition;
    }

    private static string? RoomOf(INamedTypeSymbol type)
        => type.ContainingAssembly?.Name == Sqlite
            ? Sqlite
            : type.Locations[0].SourceTree is { } tree ? RoomOf(tree.FilePath) : null;

    private static string? RoomOf(string file)
        => file.Length == 0
            ? null
            : Path.GetRelativePath(Source, file).Split(Path.DirectorySeparatorChar)[0];
}
