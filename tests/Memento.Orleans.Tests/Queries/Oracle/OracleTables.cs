namespace Memento.Tests.Queries.Oracle;

/// <summary>
/// Tables that hold the same and have other indexes, types and partitions, all chosen by a seed.
/// </summary>
internal sealed class OracleTables
{
    private const int FocusSize = 7;
    private const int MostPartitions = 4;

    private readonly Random _random;
    private readonly OracleModel _ids = new(isPair: false, isBag: false);
    private readonly OracleModel _pairs = new(isPair: true, isBag: false);
    private readonly OracleModel _bags = new(isPair: false, isBag: true);
    private readonly List<string> _descriptions = [];

    public OracleTables(int seed)
    {
        _random = new Random(seed);
        Focus = ChooseFocus();
        All =
        [
            Table<IdRow<Plain>>("Ids", _ids, TableType.Set, singles: 0, composites: 0),
            Table<IdRow<Single>>(
                "IdsSingle", _ids, TableType.OrderedSet, singles: 4, composites: 0),
            Table<IdRow<Composite>>("IdsComposite", _ids, TableType.Set, singles: 1, composites: 3),
            Table<PairRow<Plain>>("Pairs", _pairs, TableType.OrderedSet, singles: 0, composites: 0),
            Table<PairRow<Single>>("PairsSingle", _pairs, TableType.Set, singles: 4, composites: 0),
            Table<PairRow<Composite>>(
                "PairsComposite", _pairs, TableType.OrderedSet, singles: 2, composites: 3),
            Table<IdRow<Bag>>("Bag", _bags, TableType.Bag, singles: 0, composites: 0),
            Table<IdRow<IndexedBag>>("BagIndexed", _bags, TableType.Bag, singles: 3, composites: 3),
        ];
    }

    public IReadOnlyList<OracleTable> All { get; }

    public IReadOnlyList<OracleModel> Models => [_ids, _pairs, _bags];

    /// <summary>
    /// The properties that indexes, conditions and orders meet in; the key is among them.
    /// </summary>
    public IReadOnlyList<SamplePath> Focus { get; }

    public override string ToString() => string.Join('\n', _descriptions);

    private List<SamplePath> ChooseFocus()
    {
        SamplePath[] others = [.. SamplePath.All.Skip(2)];
        _random.Shuffle(others);
        return [SamplePath.All[0], SamplePath.All[1], .. others.Take(FocusSize)];
    }

    private OracleTable<T> Table<T>(
        string name, OracleModel model, TableType type, int singles, int composites)
        where T : SampleValues, IRow
    {
        bool canBeUnique = composites > 0 && type != TableType.Bag;
        List<string[]> indexes = [];
        for (int count = 0; count < singles; count++)
            indexes.Add([OfFocus(besides: [])]);
        for (int count = 0; count < composites; count++)
            indexes.Add(SomeOfFocus());
        List<string[]> unique = canBeUnique
            ? [[OracleRun.Unique], [OfFocus([OracleRun.Unique]), nameof(IRow.Serial)]]
            : [];
        indexes.RemoveAll(index => index is [OracleRun.Unique] or [nameof(Sample.Id)]);
        int partitions = 1 + _random.Next(MostPartitions);
        _descriptions.Add(
            $"{name}: {type}, {partitions} partitions, {Text(indexes)}; unique {Text(unique)}");
        return new OracleTable<T>(name, model, type, options =>
        {
            options.Partitions = partitions;
            foreach (string[] index in indexes)
                options.AddIndex(index);
            foreach (string[] index in unique)
                options.AddUniqueIndex(index);
        });
    }

    private string[] SomeOfFocus()
    {
        List<string> index = [OfFocus(besides: [])];
        for (int count = 1 + _random.Next(2); count > 0; count--)
            index.Add(OfFocus(index));
        return [.. index];
    }

    private string OfFocus(IReadOnlyList<string> besides)
    {
        string[] left =
        [
            .. Focus.Where(path => path.IsOwn).Select(path => path.Name)
                .Where(name => name != nameof(Sample.Title) && !besides.Contains(name)),
        ];
        return left[_random.Next(left.Length)];
    }

    private static string Text(IEnumerable<string[]> indexes)
        => string.Join(", ", indexes.Select(static index => string.Join('+', index)));
}
