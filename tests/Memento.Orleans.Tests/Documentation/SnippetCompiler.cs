using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Memento.Tests.Documentation;

/// <summary>
/// Compiles snippets as an application would, with the references of this program.
/// </summary>
internal static class SnippetCompiler
{
    /// <summary>The implicit usings of a console application that references Orleans.</summary>
    private const string ImplicitUsings =
        """
        global using Orleans;
        global using Orleans.Hosting;
        global using Orleans.Runtime;
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    /// <summary>The usings that a page leaves out in blocks that are not whole programs.</summary>
    private const string PageUsings =
        """
        global using System.Text.Json.Serialization;
        global using Memento;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        global using Orleans.Concurrency;
        global using Orleans.Transactions.Abstractions;
        """;

    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.CSharp14);

    private static readonly MetadataReference[] References = ReadReferences();

    /// <summary>Compiles a snippet with the declarations of its page.</summary>
    /// <returns>The compiler's complaints: page, line and message.</returns>
    public static IReadOnlyList<string> Check(Snippet snippet, IEnumerable<Snippet> page)
        => Complaints(Compile(snippet, page));

    /// <summary>Compiles a program into a file.</summary>
    /// <exception cref="FormatException">It does not compile.</exception>
    public static void Build(Snippet snippet, string path)
    {
        CSharpCompilation compilation = Compile(
            snippet, page: [], Path.GetFileNameWithoutExtension(path));
        if (Complaints(compilation) is { Count: > 0 } complaints)
            throw new FormatException(string.Join('\n', complaints));

        Assert.True(compilation.Emit(path).Success);
    }

    private static CSharpCompilation Compile(
        Snippet snippet, IEnumerable<Snippet> page, string name = "Snippet")
    {
        bool isProgram = snippet.Kind == SnippetKind.Program;
        List<SyntaxTree> trees = [Parse(ImplicitUsings), Parse(Text(snippet))];
        if (!isProgram)
        {
            trees.Add(Parse(PageUsings));
            trees.AddRange(page
                .Where(each => each.Kind == SnippetKind.Declarations && each != snippet)
                .Select(each => Parse(Text(each))));
        }

        var options = new CSharpCompilationOptions(
            isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
            nullableContextOptions: NullableContextOptions.Enable);
        return CSharpCompilation.Create(name, trees, References, options);
    }

    private static SyntaxTree Parse(string text) => CSharpSyntaxTree.ParseText(text, ParseOptions);

    /// <summary>Lets complaints name the line of the page.</summary>
    private static string Text(Snippet snippet)
    {
        string code = string.Create(
            CultureInfo.InvariantCulture,
            $"#line {snippet.Line} \"{snippet.Page}\"\n{snippet.Code}\n#line default\n");
        return snippet.Kind == SnippetKind.Body
            ? $$"""
                internal static class Fragment
                {
                    public static async Task RunAsync(
                        IMemento memento, ITransaction tx, MementoHost host, IGrainFactory grains,
                        HostApplicationBuilder builder, CancellationToken cancellationToken)
                    {
                        await Task.CompletedTask;
                {{code}}
                    }
                }
                """
            : code;
    }

    private static List<string> Complaints(CSharpCompilation compilation)
        => [.. compilation.GetDiagnostics()
            .Where(static each => each.Severity >= DiagnosticSeverity.Warning)
            .Select(static each =>
            {
                FileLinePositionSpan place = each.Location.GetMappedLineSpan();
                return $"{place.Path}:{place.StartLinePosition.Line + 1}: {each.Id}: "
                    + each.GetMessage(CultureInfo.InvariantCulture);
            })];

    private static MetadataReference[] ReadReferences()
        => [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(static path => Path.GetFileName(path) != "Memento.Orleans.Tests.dll")
            .Select(static path => MetadataReference.CreateFromFile(path))];
}
