namespace Memento.Tests.Architecture;

public class RoomTests
{
    private static readonly Lazy<IReadOnlyList<RoomUse>> Uses = new(RoomUses.Find);

    private readonly RoomMap _map = RoomMap.Read();

    [Fact]
    public void Every_room_is_on_the_map()
        => Assert.Equal(RoomUses.Rooms(), _map.Allowed.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void A_room_uses_only_what_the_map_allows()
        => Assert.Empty(Uses.Value
            .Where(use => !_map.Allowed[use.From].Contains(use.To))
            .Where(use => !_map.Debts.TryGetValue((use.From, use.To), out IReadOnlySet<string>? known)
                || !known.Contains(use.Type)));

    [Fact]
    public void What_the_map_lists_against_the_direction_is_still_so()
    {
        // Whoever pays a debt strikes it out, so that it cannot come back.
        IEnumerable<string> listed = _map.Debts.SelectMany(static debt => debt.Value
            .Select(type => $"{debt.Key.From} uses {type} of {debt.Key.To}"));
        IEnumerable<string> found = Uses.Value
            .Select(static use => $"{use.From} uses {use.Type} of {use.To}");

        Assert.Empty(listed.Except(found));
    }

    [Fact]
    public void The_allowed_directions_have_no_circle()
    {
        var left = _map.Allowed.ToDictionary(static each => each.Key, static each => each.Value);
        while (left.FirstOrDefault(each => !each.Value.Any(left.ContainsKey)) is { Key: { } bottom })
            left.Remove(bottom);

        Assert.Empty(left.Keys);
    }

    [Fact]
    public void The_assemblies_reference_each_other_one_way()
    {
        Assert.Empty(ReferencesOf(typeof(IMemento)));
        Assert.Equal([typeof(IMemento).Assembly.GetName().Name], ReferencesOf(typeof(SqliteOptions)));
    }

    private static IEnumerable<string?> ReferencesOf(Type type)
        => type.Assembly.GetReferencedAssemblies()
            .Select(static name => name.Name)
            .Where(static name => name!.StartsWith("Memento.", StringComparison.Ordinal));
}
