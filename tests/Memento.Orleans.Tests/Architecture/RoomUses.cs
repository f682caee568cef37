using Memento.Tests.Documentation;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Memento.Tests.Architecture;

/// <summary>
/// Finds, by the compiler's own understanding of the source, which room of the store uses which
/// types of which other room: a using directive may be missing or idle, a use is not. A folder is a
/// room, and so is each folder in it.
/// </summary>
internal static class RoomUses
{
    /// <summary>
    /// The assembly of the SQLite provider, as a room beside the rooms of the store.
    /// </summary>
    public const string Sqlite = "Memento.Orleans.Sqlite";

    private static readonly string Source = Path.Combine(Repository.Root, "src", "Memento.Orleans");

    public static IReadOnlyList<RoomUse> Find()
    {
        CSharpCompilation compilation = Compile();
        ILookup<string, string> rooms = RoomsByName(compilation);
        HashSet<RoomUse> uses = [];
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
        {
            if (RoomOf(tree.FilePath) is not { } room) continue;

            SemanticModel model = compilation.GetSemanticModel(tree);
            foreach (SimpleNameSyntax name in tree.GetRoot().DescendantNodes()
                .OfType<SimpleNameSyntax>())
            {
                // Resolving a name takes long, and most names are not of another room.
                string text = name.Identifier.ValueText;
                if (text != "var" && rooms[text].All(other => other == room)) continue;
                if (TypeOf(model.GetSymbolInfo(name)) is not { } type) continue;
                if (RoomOf(type) is { } used && used != room)
                    uses.Add(new RoomUse(room, used, type.Name, Path.GetFileName(tree.FilePath)));
            }
        }

        return [.. uses];
    }

    public static IReadOnlyList<string> Rooms()
        => [.. SourceFiles().Select(static file => RoomOf(file)!).Distinct()
            .Order(StringComparer.Ordinal)];

    private static IEnumerable<string> SourceFiles()
        => Directory.GetDirectories(Source)
            .Where(static directory => Path.GetFileName(directory) is not ("bin" or "obj"))
            .SelectMany(static directory
                => Directory.GetFiles(directory, "*.cs", SearchOption.AllDirectories));

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
            SourceFiles()
                .Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), options, file))
                .Append(CSharpSyntaxTree.ParseText(usings, options)),
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
                .Split(Path.PathSeparator)
                .Where(static path => Path.GetFileName(path) is not (
                    "Memento.Orleans.dll" or "Memento.Orleans.Tests.dll"))
                .Select(static path => MetadataReference.CreateFromFile(path)));
    }

    /// <summary>The rooms that declare a type or a member of a name.</summary>
    private static ILookup<string, string> RoomsByName(CSharpCompilation compilation)
    {
        string provider = Path.Combine(Repository.Root, "src", Sqlite);
        IEnumerable<(string Room, SyntaxTree Tree)> trees = compilation.SyntaxTrees
            .Where(static tree => RoomOf(tree.FilePath) is not null)
            .Select(static tree => (RoomOf(tree.FilePath)!, tree))
            .Concat(Directory.GetFiles(provider, "*.cs")
                .Select(
                    static file => (Sqlite, CSharpSyntaxTree.ParseText(File.ReadAllText(file)))));
        return trees
            .SelectMany(static each => each.Tree.GetRoot().DescendantNodes()
                .SelectMany(NamesOf).Distinct().Select(name => (Name: name, each.Room)))
            .Distinct()
            .ToLookup(static each => each.Name, static each => each.Room);
    }

    /// <summary>The names by which a declaration can be meant: an attribute has two.</summary>
    private static string[] NamesOf(SyntaxNode node)
        => node switch
        {
            BaseTypeDeclarationSyntax { Identifier.ValueText: var name }
                when name.EndsWith("Attribute", StringComparison.Ordinal) => [name, name[..^9]],
            BaseTypeDeclarationSyntax type => [type.Identifier.ValueText],
            DelegateDeclarationSyntax type => [type.Identifier.ValueText],
            MethodDeclarationSyntax method => [method.Identifier.ValueText],
            PropertyDeclarationSyntax property => [property.Identifier.ValueText],
            EventDeclarationSyntax raised => [raised.Identifier.ValueText],
            EnumMemberDeclarationSyntax value => [value.Identifier.ValueText],
            VariableDeclaratorSyntax { Parent.Parent: BaseFieldDeclarationSyntax } field =>
                [field.Identifier.ValueText],
            ParameterSyntax { Parent.Parent: RecordDeclarationSyntax } property =>
                [property.Identifier.ValueText],
            _ => [],
        };

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
            : Path.GetDirectoryName(Path.GetRelativePath(Source, file))!.Replace('\\', '/');
}
