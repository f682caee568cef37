namespace Memento.Tests.Queries;

public enum Genre
{
    Drama,
    Comedy,
    Crime,
}
