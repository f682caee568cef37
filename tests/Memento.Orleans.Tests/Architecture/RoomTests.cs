namespace Memento.Tests.Architecture;

public class RoomTests
{
    private static readonly Lazy<IReadOnlyList<RoomUse>> Uses = new(RoomUses.Find);

    private readonly OrderedDictionary<string, HashSet<string>> _allowed = RoomMap.Read();

    [Fact]
    public void Every_room_is_on_the_map()
        => Assert.Equal(RoomUses.Rooms(), _allowed.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void A_room_uses_what_the_map_allows_and_nothing_else()
    {
        string[] unexpected =
        [
            .. Uses.Value.Where(use => !_allowed[use.From].Contains(use.To))
                .Select(static use => $"{use.From} uses {use.Type} of {use.To} in {use.File}"),
        ];

        Assert.Equal([], unexpected);
    }

    [Fact]
    public void What_the_map_allows_is_needed()
    {
        IEnumerable<string> allowed = _allowed.SelectMany(
            static each => each.Value.Select(to => $"{each.Key} uses {to}"));
        IEnumerable<string> found = Uses.Value.Select(static use => $"{use.From} uses {use.To}");

        Assert.Equal(found.Distinct().Order(), allowed.Order());
    }

    [Fact]
    public void A_room_uses_rooms_above_it_on_the_map_only()
    {
        List<string> above = [RoomUses.Sqlite];
        foreach ((string room, HashSet<string> used) in _allowed)
        {
            Assert.Empty(used.Except(above));
            above.Add(room);
        }
    }

    [Fact]
    public void The_assemblies_reference_each_other_one_way()
    {
        Assert.Empty(ReferencesOf(typeof(IMemento)));
        Assert.Equal(["Memento.Orleans.Abstractions"], ReferencesOf(typeof(SqliteOptions)));
        Assert.Equal(["Memento.Orleans.Abstractions"], ReferencesOf(typeof(PostgreSqlOptions)));
        Assert.DoesNotContain("Memento.Orleans.Testing", ReferencesOf(typeof(MementoHost)));
    }

    private static IEnumerable<string?> ReferencesOf(Type type)
        => type.Assembly.GetReferencedAssemblies()
            .Select(static name => name.Name)
            .Where(static name => name!.StartsWith("Memento.", StringComparison.Ordinal));
}
