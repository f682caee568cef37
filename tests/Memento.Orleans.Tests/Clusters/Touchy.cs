using System.Text.Json.Serialization;

namespace Memento.Tests.Clusters;

/// <summary>A record that cannot be read from its document when a test says so.</summary>
[Table(Partitions = 50, Storage = TableStorage.Ram)]
public sealed record Touchy
{
    private static volatile bool _isTouched;

    private readonly string _text = "";

    public Touchy(int id) => (Id, _text) = (id, "text");

    [JsonConstructor]
    public Touchy()
    {
    }

    public static bool IsTouched
    {
        get => _isTouched;
        set => _isTouched = value;
    }

    public int Id { get; init; }

    public string Text
    {
        get => _text;
        init => _text = _isTouched ? throw new InvalidOperationException("Not now.") : value;
    }
}
