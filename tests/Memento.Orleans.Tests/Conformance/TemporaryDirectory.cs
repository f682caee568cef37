namespace Memento.Tests.Conformance;

/// <summary>A directory for a database, gone afterwards.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("memento-");

    public string Path => _directory.FullName;

    public string DatabasePath => System.IO.Path.Combine(Path, "test.db");

    public string ConnectionString => $"Data Source={DatabasePath}";

    public void Dispose() => _directory.Delete(recursive: true);
}
